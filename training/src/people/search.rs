//! Finding people by what somebody types, and their order in a list.

use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::is_invisible;

/// A text as it is searched: without regard to case, accents, invisible characters and the amount of white space.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut is_apart = false;
    let is_kept = |c: &char| !is_combining_mark(*c) && !is_invisible(*c) && (!c.is_control() || c.is_whitespace());
    for c in text.nfkd().filter(is_kept).flat_map(char::to_lowercase) {
        if c.is_whitespace() {
            is_apart = !folded.is_empty();
            continue;
        }
        if std::mem::take(&mut is_apart) {
            folded.push(' ');
        }
        match plain(c) {
            Some(letters) => folded.push_str(letters),
            // The lower case of a few letters has a mark of its own.
            None if is_combining_mark(c) => {}
            None => folded.push(c),
        }
    }
    folded
}

/// The longest sort key. Postgres takes no more than 2,704 bytes into an index, and a key is a part of a URL.
pub const MAX_SORT_KEY_CHARS: usize = 2_000;

/// Orders names as German, Portuguese and English do: by letters, then by accents and case. Written in hexadecimal, so
/// that every database, whatever its collation, orders it by its bytes.
///
/// Cut at [`MAX_SORT_KEY_CHARS`]: longer names that begin alike have the same key.
pub fn sort_key(name: &str) -> String {
    let bytes = [fold(name).as_bytes(), b"\0", name.as_bytes()].concat();
    bytes.iter().take(MAX_SORT_KEY_CHARS / 2).fold(String::new(), |mut hex, byte| {
        // Writing to a string can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Letters that have no decomposition, and what they are searched as.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'ŧ' => "t",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neither_case_nor_accents_count() {
        for (text, folded) in [
            ("Özlem Şahin", "ozlem sahin"),
            ("O\u{308}zlem", "ozlem"),
            ("  Inês \t Carvalho ", "ines carvalho"),
            ("STRAẞE", "strasse"),
            ("Straße", "strasse"),
            ("Łukasz Bjørn", "lukasz bjorn"),
            ("İpek Işık", "ipek isik"),
            ("ﬁt@EXAMPLE.org", "fit@example.org"),
            ("Ma\u{200b}ra\u{202e}", "mara"),
            ("Οδυσσεύς", "οδυσσευσ"),
            ("Мария", "мария"),
            ("山田 太郎", "山田 太郎"),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }

    #[test]
    fn names_are_in_the_order_of_the_language() {
        let ordered = ["Aaron", "Ägidius", "Özlem", "Ozren", "Strasse", "Straße", "Zoë", "Мария", "山田"];
        let mut names = ordered;
        names.reverse();
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ordered);
        let mut alike = ["müller", "Müller", "Muller", "Muller Ada"];
        alike.sort_by_key(|name| sort_key(name));
        assert_eq!(alike, ["Muller", "Müller", "müller", "Muller Ada"]);
    }

    #[test]
    fn a_sort_key_has_an_end_whatever_the_name() {
        // One character of Arabic that stands for eighteen.
        for name in ["\u{FDFA}".repeat(100), "🧑\u{200D}🧑🏽".repeat(100), "x".repeat(10_000)] {
            assert_eq!(sort_key(&name).len(), MAX_SORT_KEY_CHARS);
        }
    }

    proptest! {
        #[test]
        fn any_part_of_a_text_finds_it(text in "\\PC{0,30}", from in 0..30_usize, length in 0..30_usize) {
            let part: String = text.chars().skip(from).take(length).collect();
            for typed in [part.clone(), part.to_uppercase(), part.nfd().collect(), part.nfc().collect()] {
                // A few letters have an upper case of several others.
                if fold(&typed) == fold(&part) {
                    prop_assert!(fold(&text).contains(&fold(&typed)), "{:?} in {:?}", typed, text);
                }
            }
        }

        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,30}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
