//! The list, as JSON for the windows and as a text for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::texts::{Licence, Texts};
use crate::failure::Failure;

/// All third-party software that is delivered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LicenceList {
    /// Sorted by name, ignoring case, and version.
    pub(super) packages: Vec<Dependency>,
    /// Each text once, by its id.
    pub(super) texts: BTreeMap<String, String>,
}

/// One crate or package that is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) version: String,
    /// An SPDX expression, or what the package has in its place.
    pub(super) licence: String,
    pub(super) kind: Kind,
    /// Where its sources are.
    pub(super) source: String,
    /// The copyright notices in its licence files.
    pub(super) notices: Vec<String>,
    /// The ids of its texts.
    pub(super) texts: Vec<String>,
}

/// Where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Crate,
    Npm,
    Other,
}

impl Dependency {
    /// Adds the contents of a licence file, without duplicates.
    pub(super) fn add(&mut self, licence: &Licence) {
        for notice in &licence.notices {
            if !self.notices.contains(notice) {
                self.notices.push(notice.clone());
            }
        }
        if let Err(at) = self.texts.binary_search(&licence.id) {
            self.texts.insert(at, licence.id.clone());
        }
    }
}

impl LicenceList {
    pub(super) fn new(mut packages: Vec<Dependency>, texts: Texts) -> Self {
        packages.sort_by_cached_key(|package| (package.name.to_lowercase(), package.version.clone()));
        let used: BTreeSet<&String> = packages.iter().flat_map(|package| &package.texts).collect();
        let texts = texts.into_map().into_iter().filter(|(id, _)| used.contains(id)).collect();
        Self { packages, texts }
    }

    pub(super) fn from_json(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|cause| Failure::NotJson { what: super::GENERATED, cause })
    }

    pub(super) fn to_json(&self) -> Result<String, Failure> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|cause| Failure::NotJson { what: super::GENERATED, cause })?;
        text.push('\n');
        Ok(text)
    }

    /// The list as a text.
    pub(super) fn to_text(&self) -> String {
        const LINE: &str = "------------------------------------------------------------------------";
        let mut text = String::from(
            "Ringside contains the following third-party software (some of it only on some systems). For each: its licence,\n\
             its source and its copyright notices. The texts of the licences follow, each once.\n",
        );
        for package in &self.packages {
            // Writing to a string does not fail.
            let _ = write!(text, "\n{} {}\n  Licence: {}\n", package.name, package.version, package.licence);
            let _ = writeln!(text, "  Source: {}", package.source);
            let _ = writeln!(text, "  Texts: {}", package.texts.join(", "));
            for notice in &package.notices {
                let _ = writeln!(text, "  {notice}");
            }
        }
        for (id, licence) in &self.texts {
            let _ = write!(text, "\n{LINE}\n{id}\n{LINE}\n\n{licence}\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, texts: &[&str]) -> Dependency {
        Dependency {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: "MIT".to_owned(),
            kind: Kind::Crate,
            source: format!("https://crates.io/crates/{name}/1.0.0"),
            notices: vec!["Copyright (c) Somebody".to_owned()],
            texts: texts.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn the_same_text_and_notice_of_two_licence_files_are_listed_once() {
        let mut package = package("a", &["MIT"]);
        let licence = |id: &str| Licence { id: id.to_owned(), notices: vec!["Copyright (c) Somebody".to_owned()] };
        for id in ["MIT", "Apache-2.0", "Apache-2.0"] {
            package.add(&licence(id));
        }
        assert_eq!(package.texts, ["Apache-2.0", "MIT"]);
        assert_eq!(package.notices.len(), 1);
    }

    #[test]
    fn a_list_is_sorted_and_contains_only_the_texts_in_use() {
        let mut texts = Texts::default();
        texts.add("MIT", "Do what you like.");
        texts.add("ISC", "Do what you want.");
        let list = LicenceList::new(vec![package("b", &["MIT"]), package("A", &["MIT"])], texts);
        assert_eq!(list.packages.iter().map(|package| &*package.name).collect::<Vec<_>>(), ["A", "b"]);
        assert_eq!(list.texts.keys().collect::<Vec<_>>(), ["MIT"]);
        let parsed =
            LicenceList::from_json(&list.to_json().expect("it can be written")).expect("what was written can be read");
        assert_eq!(parsed.packages, list.packages);
        let text = list.to_text();
        assert_eq!(text.matches("Do what you like.").count(), 1);
        assert!(text.contains("b 1.0.0\n  Licence: MIT\n"), "{text}");
    }
}
