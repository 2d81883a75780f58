//! The bytes of artefacts: one file for each hash, in a directory beside the database.
//!
//! Several nodes share the directory, as they share the database. A file has its name from the moment it is complete and
//! on disk, and nothing is ever written into it again, so nobody reads half of one.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How much is copied at a time.
const CHUNK: usize = 64 * 1024;

/// The directory.
#[derive(Clone, Debug)]
pub(crate) struct Artefacts(PathBuf);

impl Artefacts {
    pub(crate) fn at(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// Where the bytes with this hash are, if they are. The hash is one of ours, not whatever somebody asked for.
    pub(crate) fn path(&self, hash: &str) -> PathBuf {
        self.0.join(hash)
    }

    /// Keeps a copy of a file whose bytes have this hash. One that is there already is replaced, so that publishing again
    /// mends a damaged one.
    pub(crate) fn keep(&self, source: &Path, hash: &str) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let partial = self.0.join(format!("{hash}.{}.partial", Uuid::now_v7()));
        let kept = copy(source, &partial, hash).and_then(|()| fs::rename(&partial, self.path(hash)));
        if kept.is_err() {
            // What went wrong is what is told; half a file that stays is only in the way.
            fs::remove_file(&partial).ok();
        }
        kept?;
        // The name lasts when the directory is on disk.
        File::open(&self.0)?.sync_all()
    }
}

/// The hash of bytes, as files are called and tags are made of.
pub(crate) fn hash(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

fn copy(source: &Path, to: &Path, expected: &str) -> io::Result<()> {
    let (mut source, mut to) = (File::open(source)?, File::create_new(to)?);
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
    fn a_file_is_kept_under_its_hash_and_again_changes_nothing() {
        let place = tempfile::tempdir().expect("a directory");
        let source = place.path().join("source");
        fs::write(&source, "bytes").expect("it is written");
        let (directory, hash) = (place.path().join("deep/artefacts"), hash(b"bytes"));
        let artefacts = Artefacts::at(&directory);
        for _ in 0..2 {
            artefacts.keep(&source, &hash).expect("it is kept");
            assert_eq!(names(&directory), [hash.as_str()]);
            assert_eq!(fs::read(artefacts.path(&hash)).expect("it is there"), b"bytes");
        }
    }

    #[test]
    fn nothing_is_left_of_a_file_that_is_not_what_was_checked() {
        let place = tempfile::tempdir().expect("a directory");
        let source = place.path().join("source");
        fs::write(&source, "other bytes").expect("it is written");
        let directory = place.path().join("artefacts");
        let error = Artefacts::at(&directory).keep(&source, &hash(b"bytes")).expect_err("it is refused");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(names(&directory), [""; 0]);
    }
}
