//! Words as they are compared: lower case, without accents, with single spaces.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The folded word.
pub(crate) fn fold(word: &str) -> String {
    let word = word.trim();
    if word.is_ascii() {
        return spaced(word.chars().map(|c| c.to_ascii_lowercase()));
    }
    let lower = word.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase);
    // Put together again: Korean letters were taken apart as well.
    spaced(lower.filter(|&c| !is_combining_mark(c) && c != '\u{FEFF}').nfc())
}

/// With single spaces.
fn spaced(chars: impl Iterator<Item = char>) -> String {
    let mut spaced = String::new();
    for c in chars {
        let c = if c.is_whitespace() || c == '_' { ' ' } else { c };
        if !(c == ' ' && spaced.ends_with(' ')) {
            spaced.push(c);
        }
    }
    spaced.truncate(spaced.trim_end().len());
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_spaces_make_no_difference() {
        for (written, folded) in [
            ("\u{FEFF}Exercise_Name ", "exercise name"),
            ("Übung", "ubung"),
            ("août", "aout"),
            ("İptal", "iptal"),
            ("4:50\u{202F}PM", "4:50 pm"),
            ("오후", "오후"),
        ] {
            assert_eq!(fold(written), folded);
        }
    }
}
