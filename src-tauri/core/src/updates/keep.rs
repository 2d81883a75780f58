//! The package of the next version, waiting on the disk.
//!
//! ```text
//! <updates>/.lock                one process at a time fetches and installs
//! <updates>/next/release.json    which version, what is new in it, whether it was tried
//! <updates>/next/package         the package, verified when it came and once more before it is installed
//! ```

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Release;

/// See the module. One at a time; the system gives it free when the process ends.
#[derive(Debug)]
pub(super) struct Keep {
    directory: PathBuf,
    _lock: File,
}

/// A package that waits.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) release: Release,
    /// Whether installing it was tried at a start. It is not tried at every start anew.
    pub(super) is_tried: bool,
}

impl Keep {
    /// Opens what is kept in `directory`; none while another process has it.
    pub(super) fn open(directory: &Path) -> io::Result<Option<Self>> {
        std::fs::create_dir_all(directory)?;
        let lock = File::options().create(true).truncate(false).write(true).open(directory.join(".lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { directory: directory.to_owned(), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// What waits. What can't be read counts as nothing: it comes again.
    pub(super) fn waiting(&self) -> Option<Waiting> {
        let text = std::fs::read_to_string(self.next().join("release.json")).ok()?;
        let waiting: Waiting = serde_json::from_str(&text).ok()?;
        self.package_path().is_file().then_some(waiting)
    }

    /// The package that waits.
    pub(super) fn package(&self) -> io::Result<Vec<u8>> {
        std::fs::read(self.package_path())
    }

    /// Keeps a package, in place of any other.
    pub(super) fn put(&self, release: &Release, package: &[u8]) -> io::Result<()> {
        let beside = self.directory.join("coming");
        remove(&beside)?;
        std::fs::create_dir_all(&beside)?;
        std::fs::write(beside.join("package"), package)?;
        write_release(&beside, &Waiting { release: release.clone(), is_tried: false })?;
        remove(&self.next())?;
        std::fs::rename(&beside, self.next())
    }

    /// Notes that installing it is tried.
    pub(super) fn note_tried(&self, waiting: &Waiting) -> io::Result<()> {
        write_release(&self.next(), &Waiting { release: waiting.release.clone(), is_tried: true })
    }

    /// Forgets what waits.
    pub(super) fn clear(&self) -> io::Result<()> {
        remove(&self.next())
    }

    fn next(&self) -> PathBuf {
        self.directory.join("next")
    }

    fn package_path(&self) -> PathBuf {
        self.next().join("package")
    }
}

/// Written beside and renamed, so that a crash leaves the old file or the new one.
fn write_release(directory: &Path, waiting: &Waiting) -> io::Result<()> {
    let (path, beside) = (directory.join("release.json"), directory.join("release.json.new"));
    std::fs::write(&beside, serde_json::to_vec(waiting)?)?;
    std::fs::rename(beside, path)
}

fn remove(directory: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release() -> Release {
        Release {
            version: "0.2.0".parse().expect("a version"),
            notes: Some("faster".to_owned()),
            manifest: serde_json::json!({ "version": "0.2.0" }),
        }
    }

    #[test]
    fn what_is_kept_is_there_after_a_restart_until_it_is_cleared() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let keep = Keep::open(directory.path()).expect("writable").expect("nobody has it");
        assert_eq!(keep.waiting(), None);
        keep.put(&release(), b"old").expect("writable");
        keep.put(&release(), b"package").expect("writable");
        drop(keep);
        let keep = Keep::open(directory.path()).expect("writable").expect("nobody has it");
        let waiting = keep.waiting().expect("it waits");
        assert_eq!(waiting, Waiting { release: release(), is_tried: false });
        assert_eq!(keep.package().expect("readable"), b"package");
        keep.note_tried(&waiting).expect("writable");
        assert!(keep.waiting().expect("it waits").is_tried);
        keep.clear().expect("writable");
        assert_eq!(keep.waiting(), None);
    }

    #[test]
    fn one_process_at_a_time_has_it() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let keep = Keep::open(directory.path()).expect("writable");
        assert!(keep.is_some() && Keep::open(directory.path()).expect("writable").is_none());
        drop(keep);
        assert!(Keep::open(directory.path()).expect("writable").is_some());
    }

    #[test]
    fn what_is_damaged_counts_as_nothing() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let keep = Keep::open(directory.path()).expect("writable").expect("nobody has it");
        keep.put(&release(), b"package").expect("writable");
        std::fs::write(directory.path().join("next/release.json"), "{").expect("writable");
        assert_eq!(keep.waiting(), None);
        keep.put(&release(), b"package").expect("writable");
        std::fs::remove_file(directory.path().join("next/package")).expect("it is there");
        assert_eq!(keep.waiting(), None);
    }
}
