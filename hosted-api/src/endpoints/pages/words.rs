//! What the pages say, in three languages. The texts are our own HTML; nothing in them needs escaping.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use training::wire::Locale;

use crate::updates::{Bundle, accepted_languages};

/// The texts of one language.
pub(super) struct Words {
    pub(super) language: &'static str,
    pub(super) join_title: &'static str,
    pub(super) join_what: &'static str,
    pub(super) open: &'static str,
    pub(super) code_label: &'static str,
    pub(super) no_code: &'static str,
    pub(super) no_script: &'static str,
    pub(super) not_installed: &'static str,
    pub(super) download_title: &'static str,
    pub(super) for_your_system: &'static str,
    pub(super) for_others: &'static str,
    pub(super) no_installers: &'static str,
    windows_setup: &'static str,
    decimal_mark: char,
}

const GERMAN: Words = Words {
    language: "de",
    join_title: "Dein Zugang zu Ringside",
    join_what: "Mit diesem Link legst du in Ringside dein Passwort fest. Er gilt einmal.",
    open: "Ringside öffnen",
    code_label: "Dein Code:",
    no_code: "In der Adresse fehlt der Code. Öffne den Link noch einmal genau so, wie du ihn bekommen hast.",
    no_script: "Ohne JavaScript kann diese Seite Ringside nicht öffnen. Starte Ringside selbst und gib dort den Code ein: \
                Er steht in der Adresse dieser Seite hinter dem Zeichen #.",
    not_installed: "Es passiert nichts? Dann fehlt Ringside noch auf diesem Computer. Installiere es und öffne den Link \
                    danach noch einmal.",
    download_title: "Ringside herunterladen",
    for_your_system: "Für dein System",
    for_others: "Für andere Systeme",
    no_installers: "Auf diesem Server liegt noch kein Installationsprogramm. Wenn du eingeladen wurdest, frag in deinem \
                    Studio danach. Wenn du den Server betreibst: <code>ringside-api release publish</code> stellt die \
                    Installationsprogramme auf diese Seite. Wie das geht, steht in <code>docs/operating.md</code> unter \
                    „Installers“.",
    windows_setup: "Windows (Setup)",
    decimal_mark: ',',
};

const PORTUGUESE: Words = Words {
    language: "pt",
    join_title: "Seu acesso ao Ringside",
    join_what: "Com este link você define sua senha no Ringside. Ele vale uma única vez.",
    open: "Abrir o Ringside",
    code_label: "Seu código:",
    no_code: "Falta o código no endereço. Abra o link de novo exatamente como você o recebeu.",
    no_script: "Sem JavaScript, esta página não consegue abrir o Ringside. Abra o Ringside e digite o código: ele está no \
                endereço desta página, depois do sinal #.",
    not_installed: "Nada acontece? Então o Ringside ainda não está neste computador. Instale-o e abra o link de novo.",
    download_title: "Baixar o Ringside",
    for_your_system: "Para o seu sistema",
    for_others: "Para outros sistemas",
    no_installers: "Este servidor ainda não tem um instalador. Se você recebeu um convite, pergunte no seu estúdio. Se \
                    você administra o servidor: <code>ringside-api release publish</code> coloca os instaladores nesta \
                    página. Veja como em <code>docs/operating.md</code>, na seção “Installers”.",
    windows_setup: "Windows (instalador)",
    decimal_mark: ',',
};

const ENGLISH: Words = Words {
    language: "en",
    join_title: "Your access to Ringside",
    join_what: "With this link you set your password in Ringside. It works once.",
    open: "Open Ringside",
    code_label: "Your code:",
    no_code: "The code is missing from the address. Open the link again, exactly as you received it.",
    no_script: "Without JavaScript this page can't open Ringside. Start Ringside yourself and enter the code there: it is \
                in the address of this page, after the # sign.",
    not_installed: "Nothing happens? Then Ringside is not on this computer yet. Install it, then open the link again.",
    download_title: "Download Ringside",
    for_your_system: "For your system",
    for_others: "For other systems",
    no_installers: "There is no installer on this server yet. If you were invited, ask in your studio. If you run the \
                    server: <code>ringside-api release publish</code> puts the installers on this page. How to do that is \
                    in <code>docs/operating.md</code>, under “Installers”.",
    windows_setup: "Windows (setup)",
    decimal_mark: '.',
};

impl Words {
    /// The texts in the first of the visitor's languages there is, else in English; for somebody who names none, in the
    /// default language.
    pub(super) fn accepted(headers: &HeaderMap) -> &'static Self {
        let named: Vec<&str> =
            headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok()).collect();
        let wanted = accepted_languages(&named.join(","));
        if wanted.is_empty() {
            return Self::of(Locale::default());
        }
        let locales = wanted.iter().map(|language| Locale::from_word(language));
        Self::of(locales.into_iter().find(|locale| locale.is_known()).unwrap_or(Locale::En))
    }

    fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::De => &GERMAN,
            Locale::Pt => &PORTUGUESE,
            Locale::En | Locale::Unknown(_) => &ENGLISH,
        }
    }

    /// What a kind of installer is for.
    pub(super) fn bundle(&self, bundle: Bundle) -> &'static str {
        match bundle {
            Bundle::Deb => "Debian, Ubuntu (.deb)",
            // Its dependencies have the names they have there.
            Bundle::Rpm => "Fedora (.rpm)",
            Bundle::AppImage => "Linux (AppImage)",
            Bundle::Dmg => "macOS (.dmg)",
            Bundle::App => "macOS (.app.tar.gz)",
            Bundle::Msi => "Windows (.msi)",
            Bundle::Nsis => self.windows_setup,
        }
    }

    /// A size in megabytes with one decimal.
    pub(super) fn megabytes(&self, bytes: u64) -> String {
        let tenths = bytes.div_ceil(100_000);
        format!("{}{}{} MB", tenths / 10, self.decimal_mark, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_visitor_is_addressed_in_their_language() {
        for (accepted, expected) in
            [("pt-BR,pt;q=0.9", "pt"), ("fr, en;q=0.5", "en"), ("fr", "en"), ("en;q=0.1, de", "de"), ("", "de")]
        {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(accepted))]);
            assert_eq!(Words::accepted(&headers).language, expected, "{accepted}");
        }
        assert_eq!(Words::accepted(&HeaderMap::new()).language, "de");
    }

    #[test]
    fn a_size_is_written_as_its_language_writes_numbers() {
        assert_eq!(GERMAN.megabytes(12_345_678), "12,4 MB");
        assert_eq!(ENGLISH.megabytes(1), "0.1 MB");
    }
}
