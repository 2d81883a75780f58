//! The texts of native messages, in the system's language: they are shown while no window can say anything, and only a
//! window knows the person's own language.

use serde::Deserialize;

/// The catalogues of `ui/messages/native`, by language. The first is the default.
const CATALOGUES: [(&str, &str); 3] = [
    ("de", include_str!("../../ui/messages/native/de.json")),
    ("en", include_str!("../../ui/messages/native/en.json")),
    ("pt", include_str!("../../ui/messages/native/pt.json")),
];

/// The texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NativeWords {
    cannot_open: String,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the system's own word is on the button"))]
    pub(crate) close: String,
    pub(crate) page_ended: String,
    pub(crate) page_missing: String,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the system's own word is on the button"))]
    pub(crate) try_again: String,
    pub(crate) try_again_question: String,
}

impl NativeWords {
    /// The texts in the system's language.
    pub(crate) fn of_system() -> Self {
        Self::in_language(tauri_plugin_os::locale().as_deref().unwrap_or_default())
    }

    /// The texts in the language of a locale such as `pt-BR`, or else in the default language.
    fn in_language(locale: &str) -> Self {
        let known = CATALOGUES.iter().find(|(language, _)| locale.get(..2) == Some(language));
        let (_, catalogue) = known.unwrap_or(&CATALOGUES[0]);
        serde_json::from_str(catalogue).expect("the catalogues are part of the program, and tested")
    }

    /// Why the window can't be opened.
    pub(crate) fn cannot_open(&self, problem: impl std::fmt::Display) -> String {
        self.cannot_open.replace("{problem}", &problem.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_has_every_text_and_no_other() {
        for (language, catalogue) in CATALOGUES {
            let words = serde_json::from_str::<NativeWords>(catalogue);
            assert!(words.is_ok(), "{language}: {words:?}");
        }
    }

    #[test]
    fn an_unknown_language_gets_the_default() {
        let close = |locale: &str| NativeWords::in_language(locale).close;
        assert_eq!(close("en-GB"), "Close Ringside");
        assert_eq!(close("pt_BR"), "Fechar o Ringside");
        for locale in ["de-AT", "fr", "C", "", "ü"] {
            assert_eq!(close(locale), "Ringside schließen", "{locale:?}");
        }
    }

    #[test]
    fn the_problem_is_part_of_the_message() {
        let text = NativeWords::in_language("en").cannot_open("no disk");
        assert_eq!(text, "Ringside can’t open its window: no disk");
    }
}
