//! Choosing the language of release notes.

use std::collections::BTreeMap;

use crate::http::parse_weighted;

/// Release notes, by language: a two-letter code of ISO 639.
pub(crate) type Notes = BTreeMap<String, String>;

/// The language to use if none of the accepted ones is available.
const FALLBACK: &str = "en";

/// The notes for a client with this `Accept-Language` (RFC 9110, section 12.5.4): in the first of its languages that is
/// available, else in English, else in any.
pub(crate) fn notes_for<'a>(notes: &'a Notes, accepted: &str) -> Option<&'a str> {
    let wanted = wanted(accepted);
    let found = wanted.iter().find_map(|language| notes.get(language));
    found.or_else(|| notes.get(FALLBACK)).or_else(|| notes.values().next()).map(String::as_str)
}

/// The languages of an `Accept-Language`, highest weight first, without their regions.
fn wanted(accepted: &str) -> Vec<String> {
    let mut ranges: Vec<(f32, String)> = accepted.split(',').filter_map(range).collect();
    // Stable: languages of equal weight stay in order.
    ranges.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    ranges.into_iter().map(|(_, language)| language).collect()
}

/// A language and its weight; none if it is refused or can't be parsed.
fn range(text: &str) -> Option<(f32, String)> {
    let (language, weight) = parse_weighted(text)?;
    let language = language.split('-').next()?.to_ascii_lowercase();
    (weight > 0.0 && !language.is_empty()).then_some((weight, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(languages: &[&str]) -> Notes {
        languages.iter().map(|&language| (language.to_owned(), language.to_owned())).collect()
    }

    #[test]
    fn the_available_language_with_the_highest_weight_is_chosen() {
        let all = notes(&["de", "en", "pt"]);
        for (accepted, expected) in [
            ("de", "de"),
            ("de-AT", "de"),
            ("DE-at, en;q=0.5", "de"),
            ("fr, pt-BR;q=0.4, de;q=0.6", "de"),
            ("en;q=0.1,pt; q=0.2", "pt"),
            ("pt, de", "pt"),
            ("de;q=0, pt", "pt"),
            ("de;q=0", "en"),
            ("fr", "en"),
            ("*", "en"),
            ("", "en"),
            ("de;q=x, pt;q=0.1", "pt"),
            (";;,,q=1", "en"),
        ] {
            assert_eq!(notes_for(&all, accepted), Some(expected), "{accepted:?}");
        }
    }

    #[test]
    fn without_english_any_available_language_is_chosen() {
        assert_eq!(notes_for(&notes(&["pt", "de"]), "fr"), Some("de"));
        assert_eq!(notes_for(&notes(&[]), "de"), None);
    }
}
