//! What texts and names may hold, and how long they are.
//!
//! Characters are what people count: extended grapheme clusters, so a family emoji or a letter with its accents is one.
//! A cluster has no end of its own, so the code points of a text are limited as well.

use unicode_segmentation::UnicodeSegmentation;

use crate::refusal::FieldCode;

/// How many code points a text may have for each character it may have, on average.
pub const MAX_CODE_POINTS_PER_CHAR: usize = 4;

/// The characters that can't be seen, from first to last: Unicode's `Default_Ignorable_Code_Point`, which a font shows
/// nothing for, and the annotation marks. The marks and overrides of direction are among them.
pub const INVISIBLE: [(char, char); 17] = [
    ('\u{AD}', '\u{AD}'),
    ('\u{34F}', '\u{34F}'),
    ('\u{61C}', '\u{61C}'),
    ('\u{115F}', '\u{1160}'),
    ('\u{17B4}', '\u{17B5}'),
    ('\u{180B}', '\u{180F}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{202A}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFA0}', '\u{FFA0}'),
    ('\u{FFF0}', '\u{FFFB}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    ('\u{1D173}', '\u{1D17A}'),
    ('\u{E0000}', '\u{E0FFF}'),
];

/// How many characters a text has, as people count them.
pub fn characters(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Whether a text has at most `most` characters.
pub fn is_within(text: &str, most: usize) -> bool {
    // Bytes first: a text that is far too long is not taken apart.
    let most_code_points = most * MAX_CODE_POINTS_PER_CHAR;
    text.len() <= most_code_points * 4 && text.chars().count() <= most_code_points && characters(text) <= most
}

/// A name as it is kept: without surrounding white space, and without characters that can't be seen or turn around what
/// stands beside it.
///
/// What joins and styles visible characters stays: emoji and several scripts need it.
///
/// # Errors
/// [`FieldCode::TooShort`] when nothing visible is left, [`FieldCode::TooLong`] past `most` characters,
/// [`FieldCode::Invalid`] when it is not one line of text.
pub fn name(typed: &str, most: usize) -> Result<String, FieldCode> {
    let name = without_invisible(typed);
    if !name.chars().any(is_visible) {
        Err(FieldCode::TooShort)
    } else if !is_within(&name, most) {
        Err(FieldCode::TooLong)
    } else if name.chars().any(|c| c.is_control() || is_line_end(c)) {
        Err(FieldCode::Invalid)
    } else {
        Ok(name)
    }
}

/// The text without characters that can't be seen or that set the direction, and without surrounding white space.
pub(crate) fn without_invisible(text: &str) -> String {
    let kept: String = text.chars().filter(|&c| !is_invisible(c) || is_joining(c)).collect();
    kept.trim().to_owned()
}

/// Whether a text has no control characters other than line breaks and tabs.
pub(crate) fn is_plain_text(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// The text without surrounding white space, `None` when nothing is left.
pub(crate) fn trimmed(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Whether a character can be seen by itself.
pub(crate) fn is_visible(c: char) -> bool {
    // The blank of Braille is a space that Unicode doesn't call one.
    !c.is_whitespace() && !c.is_control() && !is_invisible(c) && c != '\u{2800}'
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether a character can't be seen: see [`INVISIBLE`].
pub(crate) fn is_invisible(c: char) -> bool {
    INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// What can't be seen itself but joins or styles what can: joiners, variation selectors, and the tags of flags.
fn is_joining(c: char) -> bool {
    matches!(c,
        '\u{34F}' | '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_are_what_people_count() {
        for (text, count) in [("", 0), ("ß", 1), ("e\u{301}", 1), ("👨‍👩‍👧‍👦", 1), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1), ("a\r\nb", 3)]
        {
            assert_eq!(characters(text), count, "{text:?}");
        }
        assert!(is_within(&"e\u{301}".repeat(500), 500) && !is_within(&"x".repeat(501), 500));
        assert!(!is_within(&format!("e{}", "\u{301}".repeat(2_000)), 500), "one character, but not without an end");
    }

    #[test]
    fn names_are_what_people_are_called() {
        for called in ["Özlem", "李小龍", "נועה 3", "Ali\u{200C}Reza", "🏋️‍♀️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 Harry", "O’Neill-Süß"]
        {
            assert_eq!(name(called, 100).as_deref(), Ok(called));
        }
    }

    #[test]
    fn what_can_t_be_seen_or_turns_its_neighbours_around_is_left_out() {
        for typed in ["\u{202E}Mira", "Mi\u{200B}ra", "\u{2068}Mira\u{2069} ", "\u{FEFF}Mira\u{200F}", "Mi\u{AD}ra"] {
            assert_eq!(name(typed, 100).as_deref(), Ok("Mira"), "{typed:?}");
        }
        for blank in ["", " ", "\u{200B}", "\u{200D}\u{FE0F}", "\u{2800}", "\u{3164}", "\u{E0041}", "\u{202E} \u{202C}"]
        {
            assert_eq!(name(blank, 100), Err(FieldCode::TooShort), "{blank:?}");
        }
        for lines in ["a\u{7}b", "a\nb", "a\u{2028}b"] {
            assert_eq!(name(lines, 100), Err(FieldCode::Invalid), "{lines:?}");
        }
        assert_eq!(name(&"x".repeat(101), 100), Err(FieldCode::TooLong));
    }

    proptest! {
        #[test]
        fn a_kept_name_is_visible_turns_nothing_around_and_stays_as_it_is(typed in any::<String>()) {
            if let Ok(kept) = name(&typed, 100) {
                prop_assert!(kept.chars().any(is_visible));
                let turns = |c| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
                prop_assert!(!kept.chars().any(turns));
                prop_assert!(characters(&kept) <= 100);
                prop_assert_eq!(name(&kept, 100), Ok(kept.clone()));
            }
        }

        #[test]
        fn people_count_no_more_than_code_points(text in any::<String>()) {
            prop_assert!(characters(&text) <= text.chars().count());
        }
    }
}
