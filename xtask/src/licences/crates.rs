//! The crates that are linked into the desktop application, on any system it is built for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use xshell::Shell;

use super::list::{Dependency, Kind};
use super::texts::{Licence, Texts};
use crate::cargo::cargo;
use crate::failure::{Failure, IoContext};

/// The targets that installers are built for.
const TARGETS: [&str; 5] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
];

/// Directories of crates that are not compiled: a library that we take from the system, and another database.
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
    /// `None` for our own crates.
    source: Option<String>,
}

/// All of them, with the contents of their licence files.
pub(super) fn dependencies(sh: &Shell, texts: &mut Texts) -> Result<Vec<Dependency>, Failure> {
    let packages = linked_packages(sh)?;
    let mut licences = BTreeMap::new();
    for package in &packages {
        licences.insert(package.key(), package.licences(texts)?);
    }
    packages.iter().map(|package| package.dependency(&packages, &licences)).collect()
}

/// The packages that are linked according to cargo, which alone knows the features and systems.
fn linked_packages(sh: &Shell) -> Result<Vec<Package>, Failure> {
    let mut tree = cargo(sh).args(["tree", "--locked", "--quiet", "--package", "ringside", "--prefix", "none"]);
    // Build dependencies are not delivered.
    tree = tree.args(["--edges", "normal,no-proc-macro", "--format", "{p}"]);
    for target in TARGETS {
        tree = tree.args(["--target", target]);
    }
    let tree = tree.quiet().read()?;
    let linked: BTreeSet<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
    let metadata = cargo(sh).args(["metadata", "--locked", "--quiet", "--format-version", "1"]).quiet().read()?;
    let metadata: Metadata = serde_json::from_str(&metadata)
        .map_err(|cause| Failure::NotJson { what: "the output of cargo metadata", cause })?;
    let mut packages = metadata.packages;
    packages.retain(|package| package.source.is_some() && linked.contains(&(&*package.name, &*package.version)));
    packages.sort_by(|a, b| a.key().cmp(&b.key()));
    Ok(packages)
}

/// Parses a line such as `serde v1.0.228 (*)`.
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
        // The manifest may name a file with any name.
        let named = self.license_file.iter().map(|file| directory.join(file));
        files.extend(named.filter(|file| !files.contains(file)).collect::<Vec<_>>());
        let mut licences = Vec::new();
        for file in files {
            let text = std::fs::read(&file).context(format!("reading {}", file.display()))?;
            // A few old files are not in UTF-8.
            let text = String::from_utf8_lossy(&text);
            // A symbolic link to a file that was not packaged, stored as the path it points to.
            if text.starts_with("../") && text.trim().lines().count() == 1 {
                continue;
            }
            licences.push(texts.add(&format!("{}/{}", self.name, super::relative(directory, &file)), &text));
        }
        Ok(licences)
    }

    fn dependency(&self, all: &[Self], licences: &BTreeMap<(&str, &str), Vec<Licence>>) -> Result<Dependency, Failure> {
        let expression = self.license.clone().unwrap_or_else(|| "see its text".to_owned());
        // Some crates lack licence files, but another crate of the same repository has them.
        let sibling = || {
            let of_same = |other: &&Self| self.repository.is_some() && other.repository == self.repository;
            let siblings = all.iter().filter(of_same).filter(|other| other.license == self.license);
            siblings.map(|other| &licences[&other.key()]).find(|licences| !licences.is_empty())
        };
        let own = Some(&licences[&self.key()]).filter(|licences| !licences.is_empty());
        // The usual MIT text, with a copyright notice from the manifest.
        let mit = || {
            let is_mit = expression.split([' ', '/', '(', ')']).any(|word| word == "MIT");
            is_mit.then(|| vec![Licence { id: "MIT".to_owned(), notices: vec![self.copyright_notice()] }])
        };
        let found = own.or_else(sibling).cloned().or_else(mit);
        let missing = || Failure::NoLicence { package: self.name.clone(), expression: expression.clone() };
        let found = found.ok_or_else(missing)?;
        let mut dependency = Dependency {
            name: self.name.clone(),
            version: self.version.clone(),
            licence: expression,
            kind: Kind::Crate,
            source: format!("https://crates.io/crates/{}/{}", self.name, self.version),
            notices: Vec::new(),
            texts: Vec::new(),
        };
        for licence in &found {
            dependency.add(licence);
        }
        Ok(dependency)
    }

    /// A copyright notice with the authors in the manifest.
    fn copyright_notice(&self) -> String {
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
    fn lines_of_cargo_tree_are_parsed() {
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
    fn a_crate_without_licence_files_gets_those_of_its_sibling_or_the_mit_text() {
        let all = [
            package("has", "BSD-3-Clause", Some("r"), &[]),
            package("lacks", "BSD-3-Clause", Some("r"), &[]),
            package("alone", "MIT/Apache-2.0", None, &["Ann <ann@a.example>", "Ben"]),
            package("strange", "BSD-3-Clause", None, &[]),
        ];
        let mut found: BTreeMap<_, Vec<Licence>> = all.iter().map(|package| (package.key(), Vec::new())).collect();
        let licence = Licence { id: "has/LICENSE".to_owned(), notices: vec!["Copyright Ann".to_owned()] };
        found.insert(all[0].key(), vec![licence]);
        let dependency = |at: usize| all[at].dependency(&all, &found);
        assert_eq!(dependency(1).expect("those of its sibling").texts, ["has/LICENSE"]);
        let alone = dependency(2).expect("the MIT text");
        assert_eq!((alone.texts, alone.notices), (vec!["MIT".to_owned()], vec!["Copyright (c) Ann, Ben".to_owned()]));
        assert!(matches!(dependency(3), Err(Failure::NoLicence { .. })));
    }
}
