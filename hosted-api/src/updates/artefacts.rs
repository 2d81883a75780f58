//! The bytes of artefacts: one file for each hash, in a directory beside the database.
//!
//! Several nodes share the directory, as they share the database. A file gets its name only once it is complete and on
//! disk, and is never written to again, so nobody reads a partial one.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::private_files::{create_private_directory, create_private_file};

/// How much is copied at a time.
const CHUNK: usize = 64 * 1024;

/// The directory.
#[derive(Clone, Debug)]
pub(crate) struct Artefacts(PathBuf);

impl Artefacts {
    pub(crate) fn at(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// The path of the bytes with this hash, if they exist. The hash must be one of ours, not unchecked input.
    pub(crate) fn path(&self, hash: &str) -> PathBuf {
        self.0.join(hash)
    }

    /// Stores a copy of a file whose bytes have this hash. An existing one is replaced, so that publishing again
    /// repairs a damaged one.
    pub(crate) fn store(&self, source: &Path, hash: &str) -> io::Result<()> {
        create_private_directory(&self.0)?;
        let partial = self.0.join(format!("{hash}.{}.partial", Uuid::now_v7()));
        let stored = copy(source, &partial, hash).and_then(|()| fs::rename(&partial, self.path(hash)));
        if stored.is_err() {
            // The original error is reported; a partial file that stays is only clutter.
            fs::remove_file(&partial).ok();
        }
        stored?;
        // The name is durable only once the directory is synced.
        File::open(&self.0)?.sync_all()
    }
}

/// The hash of bytes, used for file names and entity tags.
pub(crate) fn hash(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

fn copy(source: &Path, to: &Path, expected: &str) -> io::Result<()> {
    let (mut source, mut to) = (File::open(source)?, create_private_file(to)?);
    let (mut hasher, mut chunk) = (Sha256::new(), vec![0; CHUNK]);
    loop {
        let read = source.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
        to.write_all(&chunk[..read])?;
    }
    if format!("{:x}", hasher.finalize()) != expected {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file was changed while it was being published"));
    }
    to.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let files = fs::read_dir(directory).expect("the directory is there");
        files.map(|file| file.expect("a file").file_name().into_string().expect("a name")).collect()
    }

    #[test]
    fn a_file_is_stored_under_its_hash_and_storing_again_changes_nothing() {
        let place = tempfile::tempdir().expect("a directory");
        let source = place.path().join("source");
        fs::write(&source, "bytes").expect("it is written");
        let (directory, hash) = (place.path().join("deep/artefacts"), hash(b"bytes"));
        let artefacts = Artefacts::at(&directory);
        for _ in 0..2 {
            artefacts.store(&source, &hash).expect("it is kept");
            assert_eq!(names(&directory), [hash.as_str()]);
            assert_eq!(fs::read(artefacts.path(&hash)).expect("it is there"), b"bytes");
        }
    }

    #[test]
    fn a_file_changed_since_its_check_is_not_stored() {
        let place = tempfile::tempdir().expect("a directory");
        let source = place.path().join("source");
        fs::write(&source, "other bytes").expect("it is written");
        let directory = place.path().join("artefacts");
        let error = Artefacts::at(&directory).store(&source, &hash(b"bytes")).expect_err("it is refused");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(names(&directory), [""; 0]);
    }
}
