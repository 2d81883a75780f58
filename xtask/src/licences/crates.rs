//! The crates that are linked into the desktop application, on any system it is built for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use xshell::Shell;

use super::list::{Delivered, Kind};
use super::texts::{Licence, Texts};
use crate::cargo::cargo;
use crate::failure::{Failure, While};

/// What installers are built for.
const TARGETS: [&str; 5] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
];

/// What lies in a crate and is not compiled into ours: a library that is the system's here, and another database.
const NOT_COMPILED: [(&str, &str); 2] = [("libdbus-sys", "vendor"), ("libsqlite3-sys", "sqlcipher")];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<PathBuf>,
    repository: Option<String>,
    authors: Vec<String>,
    manifest_path: PathBuf,
    /// None: it is ours.
    source: Option<String>,
}

/// Everything that is linked, with what its licence files say.
pub(super) fn delivered(sh: &Shell, texts: &mut Texts) -> Result<Vec<Delivered>, Failure> {
    let packages = linked(sh)?;
    let mut found = BTreeMap::new();
    for package in &packages {
        found.insert(package.key(), package.licences(texts)?);
    }
    packages.iter().map(|package| package.delivered(&packages, &found)).collect()
}

/// cargo itself says what is linked: it alone knows which feature asks for what on which system.
fn linked(sh: &Shell) -> Result<Vec<Package>, Failure> {
    let mut tree = cargo(sh).args(["tree", "--locked", "--quiet", "--package", "ringside", "--prefix", "none"]);
    // What runs while compiling is not delivered.
    tree = tree.args(["--edges", "normal,no-proc-macro", "--format", "{p}"]);
    for target in TARGETS {
        tree = tree.args(["--target", target]);
    }
    let tree = tree.quiet().read()?;
    let linked: BTreeSet<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
    let metadata = cargo(sh).args(["metadata", "--locked", "--quiet", "--format-version", "1"]).quiet().read()?;
    let metadata: Metadata =
        serde_json::from_str(&metadata).map_err(|cause| Failure::NotJson { what: "what cargo says", cause })?;
    let mut packages = metadata.packages;
    packages.retain(|package| package.source.is_some() && linked.contains(&(&*package.name, &*package.version)));
    packages.sort_by(|a, b| a.key().cmp(&b.key()));
    Ok(packages)
}

/// Of a line such as `serde v1.0.228 (*)`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

impl Package {
    fn key(&self) -> (&str, &str) {
        (&self.name, &self.version)
    }

    fn licences(&self, texts: &mut Texts) -> Result<Vec<Licence>, Failure> {
        let directory = self.manifest_path.parent().unwrap_or(Path::new("."));
        let mut files = super::licence_files(directory)?;
        for (_, part) in NOT_COMPILED.iter().filter(|(name, _)| *name == self.name) {
            files.retain(|file| !file.starts_with(directory.join(part)));
        }
        // It may be called anything.
        let named = self.license_file.iter().map(|file| directory.join(file));
        files.extend(named.filter(|file| !files.contains(file)).collect::<Vec<_>>());
        let mut licences = Vec::new();
        for file in files {
            let text = std::fs::read(&file).while_doing(format!("reading {}", file.display()))?;
            // A few old ones are not in UTF-8.
            let text = String::from_utf8_lossy(&text);
            // A link to a file that was not packaged, written down as what it points to.
            if text.starts_with("../") && text.trim().lines().count() == 1 {
                continue;
            }
            licences.push(texts.add(&format!("{}/{}", self.name, super::below(directory, &file)), &text));
        }
        Ok(licences)
    }

    fn delivered(&self, all: &[Self], found: &BTreeMap<(&str, &str), Vec<Licence>>) -> Result<Delivered, Failure> {
        let expression = self.license.clone().unwrap_or_else(|| "see its text".to_owned());
        // Some lack their files, and some of these have a sibling that has them.
        let sibling = || {
            let of_same = |other: &&Self| self.repository.is_some() && other.repository == self.repository;
            let siblings = all.iter().filter(of_same).filter(|other| other.license == self.license);
            siblings.map(|other| &found[&other.key()]).find(|licences| !licences.is_empty())
        };
        let licences = Some(&found[&self.key()]).filter(|licences| !licences.is_empty()).or_else(sibling);
        // The text nearly everybody uses, with whose it is from the manifest.
        let usual = || {
            let is_mit = expression.split([' ', '/', '(', ')']).any(|word| word == "MIT");
            is_mit.then(|| vec![Licence { id: "MIT".to_owned(), notices: vec![self.whose()] }])
        };
        let licences = licences.cloned().or_else(usual);
        let missing = || Failure::NoLicence { package: self.name.clone(), expression: expression.clone() };
        let licences = licences.ok_or_else(missing)?;
        let mut delivered = Delivered {
            name: self.name.clone(),
            version: self.version.clone(),
            licence: expression,
            kind: Kind::Crate,
            source: format!("https://crates.io/crates/{}/{}", self.name, self.version),
            notices: Vec::new(),
            texts: Vec::new(),
        };
        for licence in &licences {
            delivered.add(licence);
        }
        Ok(delivered)
    }

    /// Whose it is, by its manifest.
    fn whose(&self) -> String {
        let names: Vec<&str> =
            self.authors.iter().map(|author| author.split('<').next().unwrap_or(author).trim()).collect();
        let authors = if names.is_empty() { format!("The authors of {}", self.name) } else { names.join(", ") };
        format!("Copyright (c) {authors}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_cargo_s_tree_are_read() {
        assert_eq!(name_and_version("serde v1.0.228 (*)"), Some(("serde", "1.0.228")));
        assert_eq!(name_and_version(""), None);
    }

    fn package(name: &str, license: &str, repository: Option<&str>, authors: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: Some(license.to_owned()),
            license_file: None,
            repository: repository.map(str::to_owned),
            authors: authors.iter().map(ToString::to_string).collect(),
            manifest_path: PathBuf::from("Cargo.toml"),
            source: Some("registry".to_owned()),
        }
    }

    #[test]
    fn a_crate_without_licence_files_has_its_sibling_s_or_the_usual_text() {
        let all = [
            package("has", "BSD-3-Clause", Some("r"), &[]),
            package("lacks", "BSD-3-Clause", Some("r"), &[]),
            package("alone", "MIT/Apache-2.0", None, &["Ann <ann@a.example>", "Ben"]),
            package("strange", "BSD-3-Clause", None, &[]),
        ];
        let mut found: BTreeMap<_, Vec<Licence>> = all.iter().map(|package| (package.key(), Vec::new())).collect();
        let licence = Licence { id: "has/LICENSE".to_owned(), notices: vec!["Copyright Ann".to_owned()] };
        found.insert(all[0].key(), vec![licence]);
        let delivered = |at: usize| all[at].delivered(&all, &found);
        assert_eq!(delivered(1).expect("a sibling's").texts, ["has/LICENSE"]);
        let alone = delivered(2).expect("the usual one");
        assert_eq!((alone.texts, alone.notices), (vec!["MIT".to_owned()], vec!["Copyright (c) Ann, Ben".to_owned()]));
        assert!(matches!(delivered(3), Err(Failure::NoLicence { .. })));
    }
}
