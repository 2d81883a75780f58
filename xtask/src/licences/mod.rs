//! The licences of the third-party software we deliver: crates, npm packages, the font.
//!
//! The list is generated and committed (`ui/third-party.json`), so that the windows can show it without a request, and a
//! review sees when a dependency has another licence. A stale list fails the tests. The packages install it as a text as
//! well.

mod crates;
mod list;
mod npm;
mod texts;

use std::path::{Path, PathBuf};

use xshell::Shell;

use crate::failure::{Failure, IoContext};
use list::{Dependency, Kind, LicenceList};
use texts::Texts;

const GENERATED: &str = "ui/third-party.json";
/// The list as a text, for the packages. `tauri.conf.json` names this path.
const TEXT: &str = "target/THIRD-PARTY-LICENCES.txt";

/// Writes the list.
pub(crate) fn write(sh: &Shell) -> Result<(), Failure> {
    let list = generate(sh)?;
    println!("{GENERATED} is up to date: {} packages, {} texts", list.packages.len(), list.texts.len());
    Ok(sh.write_file(GENERATED, list.to_json()?)?)
}

/// Fails when the committed list is stale.
pub(crate) fn check(sh: &Shell) -> Result<(), Failure> {
    if sh.read_file(GENERATED)? == generate(sh)?.to_json()? { Ok(()) } else { Err(Failure::StaleLicences) }
}

/// Writes the committed list as a text, which the packages contain.
pub(crate) fn write_text(sh: &Shell) -> Result<(), Failure> {
    Ok(sh.write_file(TEXT, LicenceList::from_json(&sh.read_file(GENERATED)?)?.to_text())?)
}

fn generate(sh: &Shell) -> Result<LicenceList, Failure> {
    let mut texts = Texts::default();
    // The most common texts, under their SPDX identifiers.
    for (id, file) in [("MIT", "LICENSE-MIT"), ("Apache-2.0", "LICENSE-APACHE")] {
        texts.add(id, &sh.read_file(file)?);
    }
    let mut packages = vec![standard_library()];
    packages.extend(crates::dependencies(sh, &mut texts)?);
    packages.extend(npm::dependencies(sh, &mut texts)?);
    Ok(LicenceList::new(packages, texts))
}

/// Every Rust program contains it, but no manifest names it. Not every toolchain has its licence files.
fn standard_library() -> Dependency {
    Dependency {
        name: "Rust standard library".to_owned(),
        version: env!("CARGO_PKG_RUST_VERSION").to_owned(),
        licence: "MIT OR Apache-2.0".to_owned(),
        kind: Kind::Other,
        source: "https://github.com/rust-lang/rust".to_owned(),
        notices: vec!["Copyright (c) The Rust Project Contributors".to_owned()],
        texts: vec!["Apache-2.0".to_owned(), "MIT".to_owned()],
    }
}

/// The licence files in `directory` and below it, by path.
fn licence_files(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut directories = vec![directory.to_owned()];
    let mut files = Vec::new();
    while let Some(directory) = directories.pop() {
        let reading = || format!("reading {}", directory.display());
        for entry in std::fs::read_dir(&directory).context(reading())? {
            let entry = entry.context(reading())?;
            if entry.file_type().context(reading())?.is_dir() {
                directories.push(entry.path());
            } else if is_licence_file(&entry.file_name().to_string_lossy()) {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_licence_file(name: &str) -> bool {
    const BEGINNINGS: [&str; 6] = ["license", "licence", "copying", "copyright", "notice", "unlicense"];
    // Source files with such a name, and machine-readable descriptions.
    const EXCLUDED_ENDINGS: [&str; 7] = [".rs", ".c", ".h", ".js", ".ts", ".spdx", ".html"];
    let name = name.to_ascii_lowercase();
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        && !EXCLUDED_ENDINGS.iter().any(|end| name.ends_with(end))
}

/// A path relative to `directory`, written in the same way on every system.
fn relative(directory: &Path, path: &Path) -> String {
    let path = path.strip_prefix(directory).unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licence_files_are_recognised_by_their_names() {
        for name in
            ["LICENSE", "license-mit", "LICENCE.txt", "COPYING", "NOTICE.md", "UNLICENSE", "LICENSE-THIRD-PARTY"]
        {
            assert!(is_licence_file(name), "{name}");
        }
        for name in ["README.md", "copying.rs", "LICENSE.spdx", "relicense.txt", "Cargo.toml"] {
            assert!(!is_licence_file(name), "{name}");
        }
    }

    #[test]
    fn the_packages_contain_the_written_text() {
        let config = include_str!("../../../src-tauri/tauri.conf.json");
        assert_eq!(config.matches(&format!("\"../{TEXT}\"")).count(), 3, "deb, rpm and AppImage");
    }

    #[test]
    fn the_committed_list_can_be_read_and_every_dependency_has_a_text() {
        let list = LicenceList::from_json(include_str!("../../../ui/third-party.json")).expect("a list");
        assert!(list.packages.len() > 300);
        for package in &list.packages {
            assert!(!package.texts.is_empty(), "{} has no text", package.name);
            assert!(package.texts.iter().all(|id| list.texts.contains_key(id)), "{}", package.name);
        }
    }
}
