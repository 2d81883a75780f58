//! Licence texts, each kept once however many packages bring it. Pure.
//!
//! Most differ by nothing but whose they are, how their lines are broken, and whether a heading is there. So the lines that
//! say whose it is are taken out, and what is left counts as the same when its words are.

use std::collections::{BTreeMap, HashMap};

/// The texts so far.
#[derive(Debug, Default)]
pub(super) struct Texts {
    by_id: BTreeMap<String, String>,
    /// Which text has these words.
    by_words: HashMap<String, String>,
}

/// What a licence file comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Licence {
    /// The name of its text.
    pub(super) id: String,
    /// Whose it is.
    pub(super) notices: Vec<String>,
}

impl Texts {
    /// Takes what a licence file says. Its text is called `id`, unless it is known already.
    pub(super) fn add(&mut self, id: &str, file: &str) -> Licence {
        let (notices, text) = split(file);
        let known = self.by_words.entry(words(&text)).or_insert_with(|| {
            self.by_id.insert(id.to_owned(), text);
            id.to_owned()
        });
        Licence { id: known.clone(), notices }
    }

    /// All of them by name.
    pub(super) fn into_all(self) -> BTreeMap<String, String> {
        self.by_id
    }
}

/// The lines that say whose it is, and the rest.
fn split(file: &str) -> (Vec<String>, String) {
    let mut notices: Vec<String> = Vec::new();
    let mut rest: Vec<&str> = Vec::new();
    let mut is_after_notice = false;
    for line in file.trim_start_matches('\u{feff}').lines().map(str::trim_end) {
        let words = line.trim();
        if is_notice(words) {
            if !notices.iter().any(|known| known == words) {
                notices.push(words.to_owned());
            }
            is_after_notice = true;
        } else if is_after_notice && words.eq_ignore_ascii_case("all rights reserved.") {
            // It belongs to the line before.
            if let Some(last) = notices.last_mut().filter(|last| !last.ends_with(words)) {
                last.push_str(if last.ends_with('.') { " " } else { ". " });
                last.push_str(words);
            }
        } else {
            is_after_notice = is_after_notice && words.is_empty();
            // One empty line is as good as three, which is what is left around what was taken out.
            if !words.is_empty() || rest.last().is_some_and(|last| !last.is_empty()) {
                rest.push(line);
            }
        }
    }
    while rest.last().is_some_and(|last| last.is_empty()) {
        rest.pop();
    }
    (notices, rest.join("\n"))
}

/// Whether a line says whose it is. A sentence of a licence about copyright does not, nor does a form to fill in.
fn is_notice(line: &str) -> bool {
    let Some(after) = line.strip_prefix("Copyright").or_else(|| line.strip_prefix("©")) else { return false };
    let is_word = after.starts_with(|c: char| !c.is_alphabetic());
    let is_form = after.contains(['[', '{', '<']) && !after.contains('@');
    let first = after.trim_start_matches([':', ' ']).to_lowercase();
    let is_sentence =
        ["and ", "notice", "license", "law", "holder", "owner"].iter().any(|word| first.starts_with(word));
    is_word && !first.is_empty() && !is_form && !is_sentence && line.len() < 160
}

/// The words of a text, without what says the same in other signs.
fn words(text: &str) -> String {
    let lower = text.to_lowercase().replace("https:", "http:");
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut words = &*words;
    let headings: [&[&str]; 3] = [&["the", "mit", "license", "mit"], &["the", "mit", "license"], &["mit", "license"]];
    if let Some(rest) = headings.iter().find_map(|heading| words.strip_prefix(*heading)) {
        words = rest;
    }
    let words = words.join(" ");
    // How to apply the licence, with a form to fill in: no part of its terms, and not everybody's copy has it.
    match words.split_once(" appendix how to apply the apache license to your work ") {
        Some((terms, appendix)) if appendix.ends_with("limitations under the license") => terms.to_owned(),
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIKE_IT: &str =
        "MIT License\n\nCopyright (c) 2020 Ann <ann@a.example>\n\nDo what you like with it:\nhttps://a.example\n";

    #[test]
    fn texts_that_differ_by_whose_they_are_and_how_they_are_set_are_one() {
        let mut texts = Texts::default();
        let first = texts.add("a/LICENSE", LIKE_IT);
        assert_eq!(first.id, "a/LICENSE");
        assert_eq!(first.notices, ["Copyright (c) 2020 Ann <ann@a.example>"]);
        let other =
            "\u{feff}Copyright 2021 Ben\r\nCopyright 2021 Ben\r\n\r\n  Do what you\r\n  like with it: http://a.example";
        let second = texts.add("b/LICENSE", other);
        assert_eq!(second, Licence { id: "a/LICENSE".to_owned(), notices: vec!["Copyright 2021 Ben".to_owned()] });
        let third = texts.add("c/LICENSE", "Do what we like with it.");
        assert_eq!(third, Licence { id: "c/LICENSE".to_owned(), notices: Vec::new() });
        let all = texts.into_all();
        assert_eq!(all.keys().collect::<Vec<_>>(), ["a/LICENSE", "c/LICENSE"]);
        assert_eq!(all["a/LICENSE"], "MIT License\n\nDo what you like with it:\nhttps://a.example");
    }

    #[test]
    fn how_to_apply_a_licence_is_no_part_of_it_but_what_comes_after_is() {
        let mut texts = Texts::default();
        texts.add("Apache-2.0", "END OF TERMS");
        let appendix = "APPENDIX: How to apply the Apache License to your work.\n\nlimitations under the License.";
        assert_eq!(texts.add("a", &format!("END OF TERMS\n\n{appendix}")).id, "Apache-2.0");
        assert_eq!(texts.add("b", &format!("END OF TERMS\n\n{appendix}\n\nBut.")).id, "b");
    }

    #[test]
    fn rights_that_are_reserved_are_part_of_whose_it_is() {
        let (notices, text) = split("Copyright (c) 2001 Ann\nAll rights reserved.\n\nRedistribution is permitted.");
        assert_eq!(notices, ["Copyright (c) 2001 Ann. All rights reserved."]);
        assert_eq!(text, "Redistribution is permitted.");
    }

    #[test]
    fn sentences_about_copyright_and_forms_stay_where_they_are() {
        for line in [
            "Copyright and related rights",
            "Copyright [yyyy] [name of copyright owner]",
            "Copyright notice",
            "Copyright",
            "Copyrights are retained",
        ] {
            assert!(!is_notice(line), "{line}");
        }
        for line in ["Copyright (c) 2020 Ann", "© 2020 Ann", "Copyright: Ann", "Copyright 2020 The Ann Authors"] {
            assert!(is_notice(line), "{line}");
        }
    }
}
