//! The names of months in the languages of the trackers, as far as they are needed to tell them apart.

/// The beginnings of the names of each month, folded.
const MONTHS: [(&[&str], i8); 12] = [
    (&["jan", "ene", "gen", "ian", "oca", "sty", "tammi", "led", "янв", "січ", "yan"], 1),
    (&["feb", "fev", "sub", "lut", "helmi", "uno", "фев", "лют", "peb"], 2),
    (&["mar", "mrt", "maalis", "bre", "мар", "бер"], 3),
    (&["apr", "abr", "avr", "nis", "kwi", "huhti", "dub", "апр", "кві"], 4),
    (&["mai", "may", "mei", "maj", "mag", "touko", "kve", "маи", "мая", "тра"], 5),
    (&["jun", "juin", "giu", "iun", "haz", "cze", "kesa", "cer", "cvn", "июн", "чер"], 6),
    (&["jul", "juil", "lug", "iul", "tem", "lip", "heina", "cervenc", "cvc", "июл", "лип"], 7),
    (&["aug", "aou", "ago", "agu", "sie", "elo", "srp", "авг", "сер"], 8),
    (&["sep", "set", "szept", "eyl", "wrz", "syys", "zar", "сен", "вер"], 9),
    (&["oct", "okt", "out", "ott", "eki", "paz", "loka", "rij", "окт", "жов"], 10),
    (&["nov", "noi", "kas", "lis", "marras", "ноя", "лис"], 11),
    (&["dec", "dez", "dic", "des", "ara", "gru", "joulu", "pro", "дек", "гру"], 12),
];

/// The month that a folded word names: that of the longest beginning it has.
pub(crate) fn month(word: &str) -> Option<i8> {
    let known = MONTHS.iter().flat_map(|(names, month)| names.iter().map(move |name| (*name, *month)));
    known.filter(|(name, _)| word.starts_with(name)).max_by_key(|(name, _)| name.len()).map(|(_, month)| month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;

    #[test]
    fn every_language_has_twelve_months() {
        for names in [
            "jan feb mar apr may jun jul aug sep oct nov dec",
            "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
            "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
            "ene feb mar abr may jun jul ago sept oct nov dic",
            "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
            "gen feb mar apr mag giu lug ago set ott nov dic",
            "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
            "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
            "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.",
            "січ. лют. бер. квіт. трав. черв. лип. серп. вер. жовт. лист. груд.",
            "sty lut mar kwi maj cze lip sie wrz paź lis gru",
            "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
            "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
            "ledna února března dubna května června července srpna září října listopadu prosince",
            "jan. febr. márc. ápr. máj. jún. júl. aug. szept. okt. nov. dec.",
            "ian. feb. mar. apr. mai iun. iul. aug. sept. oct. nov. dec.",
        ] {
            let months: Vec<_> = names.split(' ').map(|name| month(&fold(name))).collect();
            assert_eq!(months, (1..=12).map(Some).collect::<Vec<_>>(), "{names}");
        }
        assert_eq!(month("de"), None);
    }
}
