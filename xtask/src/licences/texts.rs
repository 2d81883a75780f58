//! Licence texts without duplicates. Pure.
//!
//! Most texts differ only in copyright notices, line breaks and headings. So the copyright notices are separated, and two
//! texts with the same remaining words count as the same.

use std::collections::{BTreeMap, HashMap};

/// The texts so far.
#[derive(Debug, Default)]
pub(super) struct Texts {
    by_id: BTreeMap<String, String>,
    /// The ids of the texts, by their normalised words.
    id_by_words: HashMap<String, String>,
}

/// The contents of a licence file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Licence {
    /// The id of its text.
    pub(super) id: String,
    /// Its copyright notices.
    pub(super) notices: Vec<String>,
}

impl Texts {
    /// Adds a licence file. Its text gets `id`, unless the same text was added before.
    pub(super) fn add(&mut self, id: &str, file: &str) -> Licence {
        let (notices, text) = split(file);
        let known = self.id_by_words.entry(normalized_words(&text)).or_insert_with(|| {
            self.by_id.insert(id.to_owned(), text);
            id.to_owned()
        });
        Licence { id: known.clone(), notices }
    }

    /// All texts, by id.
    pub(super) fn into_map(self) -> BTreeMap<String, String> {
        self.by_id
    }
}

/// The copyright notices, and the rest.
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
            // It belongs to the notice before.
            if let Some(last) = notices.last_mut().filter(|last| !last.ends_with(words)) {
                last.push_str(if last.ends_with('.') { " " } else { ". " });
                last.push_str(words);
            }
        } else {
            is_after_notice = is_after_notice && words.is_empty();
            // At most one empty line: several are left where notices were removed.
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

/// Whether a line is a copyright notice. A sentence about copyright is not, nor is a template to fill in.
fn is_notice(line: &str) -> bool {
    let Some(after) = line.strip_prefix("Copyright").or_else(|| line.strip_prefix("©")) else { return false };
    let is_word = after.starts_with(|c: char| !c.is_alphabetic());
    let is_template = after.contains(['[', '{', '<']) && !after.contains('@');
    let first = after.trim_start_matches([':', ' ']).to_lowercase();
    let is_sentence =
        ["and ", "notice", "license", "law", "holder", "owner"].iter().any(|word| first.starts_with(word));
    is_word && !first.is_empty() && !is_template && !is_sentence && line.len() < 160
}

/// The words of a text in lower case, without punctuation, headings and the appendix of the Apache licence.
fn normalized_words(text: &str) -> String {
    let lower = text.to_lowercase().replace("https:", "http:");
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut words = &*words;
    let headings: [&[&str]; 3] = [&["the", "mit", "license", "mit"], &["the", "mit", "license"], &["mit", "license"]];
    if let Some(rest) = headings.iter().find_map(|heading| words.strip_prefix(*heading)) {
        words = rest;
    }
    let words = words.join(" ");
    // The appendix, a template to fill in, is not part of the terms, and not every copy has it.
    match words.split_once(" appendix how to apply the apache license to your work ") {
        Some((terms, appendix)) if appendix.ends_with("limitations under the license") => terms.to_owned(),
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERMISSIVE: &str =
        "MIT License\n\nCopyright (c) 2020 Ann <ann@a.example>\n\nDo what you like with it:\nhttps://a.example\n";

    #[test]
    fn texts_that_differ_only_in_notices_and_layout_are_the_same() {
        let mut texts = Texts::default();
        let first = texts.add("a/LICENSE", PERMISSIVE);
        assert_eq!(first.id, "a/LICENSE");
        assert_eq!(first.notices, ["Copyright (c) 2020 Ann <ann@a.example>"]);
        let other =
            "\u{feff}Copyright 2021 Ben\r\nCopyright 2021 Ben\r\n\r\n  Do what you\r\n  like with it: http://a.example";
        let second = texts.add("b/LICENSE", other);
        assert_eq!(second, Licence { id: "a/LICENSE".to_owned(), notices: vec!["Copyright 2021 Ben".to_owned()] });
        let third = texts.add("c/LICENSE", "Do what we like with it.");
        assert_eq!(third, Licence { id: "c/LICENSE".to_owned(), notices: Vec::new() });
        let all = texts.into_map();
        assert_eq!(all.keys().collect::<Vec<_>>(), ["a/LICENSE", "c/LICENSE"]);
        assert_eq!(all["a/LICENSE"], "MIT License\n\nDo what you like with it:\nhttps://a.example");
    }

    #[test]
    fn the_appendix_of_the_apache_licence_is_ignored_but_not_what_follows_it() {
        let mut texts = Texts::default();
        texts.add("Apache-2.0", "END OF TERMS");
        let appendix = "APPENDIX: How to apply the Apache License to your work.\n\nlimitations under the License.";
        assert_eq!(texts.add("a", &format!("END OF TERMS\n\n{appendix}")).id, "Apache-2.0");
        assert_eq!(texts.add("b", &format!("END OF TERMS\n\n{appendix}\n\nBut.")).id, "b");
    }

    #[test]
    fn all_rights_reserved_is_part_of_the_notice() {
        let (notices, text) = split("Copyright (c) 2001 Ann\nAll rights reserved.\n\nRedistribution is permitted.");
        assert_eq!(notices, ["Copyright (c) 2001 Ann. All rights reserved."]);
        assert_eq!(text, "Redistribution is permitted.");
    }

    #[test]
    fn sentences_about_copyright_and_templates_are_not_notices() {
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
