//! `README.txt`: what each file of an export is, in the person's language.

use training::export::Export;
use training::wire::Locale;

/// The text. The name stands in it as it is: nothing interprets the file.
pub(super) fn text<S, E>(head: &Export<S, E>, is_admins: bool) -> String {
    let Words { title, json, sets, weights, private, numbers } = *words(head.person.locale);
    let title = title.replace("{name}", &head.person.name).replace("{studio}", &head.studio.name);
    let title = title.replace("{at}", &head.exported_at.to_string());
    let mut paragraphs = vec![title, json.to_owned(), sets.to_owned(), weights.to_owned(), numbers.to_owned()];
    if is_admins {
        paragraphs.push(private.to_owned());
    }
    // As every editor on every system shows it.
    paragraphs.join("\n\n").replace('\n', "\r\n") + "\r\n"
}

/// The paragraphs of one language.
struct Words {
    title: &'static str,
    json: &'static str,
    sets: &'static str,
    weights: &'static str,
    numbers: &'static str,
    private: &'static str,
}

fn words(locale: Locale) -> &'static Words {
    match locale {
        Locale::De => &GERMAN,
        Locale::Pt => &PORTUGUESE,
        Locale::En | Locale::Unknown(_) => &ENGLISH,
    }
}

const GERMAN: Words = Words {
    title: "Daten von {name}\nStudio: {studio}\nExportiert: {at} (UTC)",
    json: "ringside.json\nAlles, vollständig und unverändert: dein Konto ohne Passwort, deine Trainings mit allen Runden, \
           Werten, Rückmeldungen und Korrekturen, die Übungen darin und deine Vorlagen. Mit dieser Datei kannst du deine \
           Daten in einem anderen Studio wieder einlesen, das Ringside verwendet.",
    sets: "sets.csv\nJeder Satz, den du gemacht hast, als Zeile einer Tabelle. Öffne sie mit Excel, LibreOffice oder \
           Numbers.",
    weights: "weights.csv\nDein Körpergewicht, eine Messung pro Zeile.",
    numbers: "In den Tabellen trennt ein Komma die Spalten und ein Punkt die Dezimalstellen; Gewichte stehen in Kilogramm \
              und in Pfund da, Zeiten in UTC. Ein Text, den ein Programm für eine Formel halten könnte, beginnt mit einem \
              Apostroph.",
    private: "Dieser Export wurde von der Studioleitung erstellt. Er enthält auch die privaten Notizen und das Journal, \
              die Trainer über diese Person führen.",
};

const PORTUGUESE: Words = Words {
    title: "Dados de {name}\nEstúdio: {studio}\nExportado em: {at} (UTC)",
    json: "ringside.json\nTudo, completo e sem alterações: sua conta sem a senha, seus treinos com todas as rodadas, \
           valores, respostas e correções, os exercícios delas e seus modelos. Com este arquivo você pode importar seus \
           dados em outro estúdio que use o Ringside.",
    sets: "sets.csv\nCada série que você fez, uma por linha de uma tabela. Abra com Excel, LibreOffice ou Numbers.",
    weights: "weights.csv\nSeu peso corporal, uma medição por linha.",
    numbers: "Nas tabelas, uma vírgula separa as colunas e um ponto separa as casas decimais; os pesos estão em quilogramas \
              e em libras, e os horários em UTC. Um texto que um programa poderia tomar por uma fórmula começa com um \
              apóstrofo.",
    private: "Esta exportação foi feita pela administração do estúdio. Ela contém também as notas particulares e o diário \
              que os treinadores mantêm sobre esta pessoa.",
};

const ENGLISH: Words = Words {
    title: "Data of {name}\nStudio: {studio}\nExported: {at} (UTC)",
    json: "ringside.json\nEverything, complete and unchanged: your account without its password, your sessions with all \
           rounds, values, feedback and corrections, the exercises in them, and your templates. With this file you can \
           import your data in another studio that uses Ringside.",
    sets: "sets.csv\nEvery set you have done, one in each row of a table. Open it with Excel, LibreOffice or Numbers.",
    weights: "weights.csv\nYour body weight, one measurement in each row.",
    numbers: "In the tables a comma separates columns and a point separates decimals. Weights are given in kilograms and \
              in pounds, times in UTC. A text that a program could take for a formula begins with an apostrophe.",
    private: "This export was made by the studio's administration. It also has the private notes and the journal that \
              trainers keep about this person.",
};
