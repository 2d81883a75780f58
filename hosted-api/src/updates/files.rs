//! Checks of the files to be published, before anything is stored.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use semver::Version;

use super::artefacts::hash;
use super::platform::{NAMES, Platform, version_in};
use super::signature::{BadSignature, PublicKey, Signature};
use crate::store::ArtefactRow;

/// The suffix that turns an artefact's name into that of its signature.
const SIGNATURE: &str = ".sig";

/// What is wrong with the files to be published.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// There is none.
    #[error("there is nothing to publish: name artefacts and their .sig files")]
    Nothing,
    /// There is no such file.
    #[error("{} was not found", .0.display())]
    NotFound(PathBuf),
    /// It can't be read.
    #[error("{} can't be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Its name does not tell its platform.
    #[error("the name {0} does not say what the file is for; names that do are {NAMES}")]
    Name(String),
    /// Its name has a different version than the one it would be published as.
    #[error("{file} is named as version {named} and can't be published as {version}")]
    OtherVersion {
        /// Which.
        file: String,
        /// The version in its name.
        named: String,
        /// The version that is published.
        version: Version,
    },
    /// It has no bytes.
    #[error("{0} is empty")]
    Empty(String),
    /// A name is given twice.
    #[error("{0} is given twice")]
    Twice(String),
    /// An artefact without a signature.
    #[error("{0} is not signed: {0}{SIGNATURE} is missing")]
    Unsigned(String),
    /// A signature without an artefact.
    #[error("{0} is missing: only its signature, {0}{SIGNATURE}, is given")]
    OnlySignature(String),
    /// Two artefacts for one platform.
    #[error("{first} and {second} are both for {platform}")]
    SamePlatform {
        /// The platform.
        platform: String,
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// A signature is not valid.
    #[error("the signature of {file} can't be used")]
    Signature {
        /// Whose.
        file: String,
        /// Why not.
        source: BadSignature,
    },
}

/// An artefact that may be published: its file, and the row to store for each of its platforms.
#[derive(Debug)]
pub(super) struct CheckedArtefact {
    pub(super) path: PathBuf,
    pub(super) hash: String,
    pub(super) rows: Vec<ArtefactRow>,
}

/// Checks files, in any order: each must be an artefact with a signature, or the signature of one.
///
/// Each is read into memory as a whole, one after another, which is no burden for a machine that has just built them.
pub(super) fn check(
    files: &[PathBuf],
    version: &Version,
    key: Option<&PublicKey>,
) -> Result<Vec<CheckedArtefact>, BadFile> {
    // Before the names are checked: for a misspelt name, the useful error is that the file is missing.
    if let Some(missing) = files.iter().find(|path| is_missing(path)) {
        return Err(BadFile::NotFound(missing.clone()));
    }
    let (mut signatures, artefacts) = by_name(files)?;
    if artefacts.is_empty() && signatures.is_empty() {
        return Err(BadFile::Nothing);
    }
    let mut taken: BTreeMap<Platform, String> = BTreeMap::new();
    let mut checked = Vec::with_capacity(artefacts.len());
    for (name, path) in artefacts {
        let signature = signatures.remove(&format!("{name}{SIGNATURE}"));
        let platforms = Platform::of_file(&name);
        if platforms.is_empty() {
            return Err(BadFile::Name(name));
        }
        if let Some(named) = version_in(&name).filter(|named| *named != version.to_string()) {
            let named = named.to_owned();
            return Err(BadFile::OtherVersion { file: name, named, version: version.clone() });
        }
        for platform in &platforms {
            if let Some(first) = taken.insert(*platform, name.clone()) {
                return Err(BadFile::SamePlatform { platform: platform.to_string(), first, second: name });
            }
        }
        let signature = signature.ok_or_else(|| BadFile::Unsigned(name.clone()))?;
        checked.push(check_one(path, &name, signature, &platforms, version, key)?);
    }
    match signatures.into_keys().next() {
        Some(stray) => Err(BadFile::OnlySignature(stray.strip_suffix(SIGNATURE).unwrap_or(&stray).to_owned())),
        None => Ok(checked),
    }
}

fn check_one(
    path: &Path,
    name: &str,
    signature: &Path,
    platforms: &[Platform],
    version: &Version,
    key: Option<&PublicKey>,
) -> Result<CheckedArtefact, BadFile> {
    let signature_error = |source| BadFile::Signature { file: name.to_owned(), source };
    // A signature is text; anything else fails to parse below.
    let text = String::from_utf8_lossy(&read(signature)?).into_owned();
    let signature = Signature::parse(&text, version).map_err(signature_error)?;
    let bytes = read(path)?;
    // The empty file of an aborted build may well be signed, and verify.
    if bytes.is_empty() {
        return Err(BadFile::Empty(name.to_owned()));
    }
    if let Some(key) = key {
        signature.verify(key, &bytes).map_err(signature_error)?;
    }
    let hash = hash(&bytes);
    let row = |&platform: &Platform| ArtefactRow {
        platform,
        hash: hash.clone(),
        file_name: name.to_owned(),
        signature: signature.text.clone(),
    };
    Ok(CheckedArtefact { path: path.to_owned(), rows: platforms.iter().map(row).collect(), hash })
}

/// Files by name.
type FilesByName<'a> = BTreeMap<String, &'a Path>;

fn by_name(files: &[PathBuf]) -> Result<(FilesByName<'_>, FilesByName<'_>), BadFile> {
    let mut named = FilesByName::new();
    for path in files {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        if named.insert(name.clone(), path).is_some() {
            return Err(BadFile::Twice(name));
        }
    }
    Ok(named.into_iter().partition(|(name, _)| name.ends_with(SIGNATURE)))
}

/// Whether the file is missing. One that can't be accessed is not; reading it reports why it can't.
fn is_missing(path: &Path) -> bool {
    std::fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

fn read(path: &Path) -> Result<Vec<u8>, BadFile> {
    std::fs::read(path).map_err(|source| BadFile::Unreadable { path: path.to_owned(), source })
}
