//! The package of the next version, stored on disk.
//!
//! ```text
//! <updates>/.lock                one process at a time fetches and installs
//! <updates>/.training            locked as shared during a session, exclusively while installing
//! <updates>/next/release.json    which version, what is new in it, whether it was tried
//! <updates>/next/package         the package, verified when it came and once more before it is installed
//! ```

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Release, Source};
use crate::home::write_whole;
use crate::locked::LockedFile;

/// The lock file that shows whether somebody is in a session.
const TRAINING: &str = ".training";

/// See the module. Exclusive to one process; the system releases the lock when the process ends.
#[derive(Debug)]
pub(super) struct Keep {
    directory: PathBuf,
    _lock: LockedFile,
}

/// A package waiting to be installed.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) release: Release,
    /// The source that offers it.
    pub(super) from: Source,
    /// Whether installing it was already tried. It is not retried at every start.
    pub(super) is_tried: bool,
}

impl Keep {
    /// Opens and locks the store in `directory`. `None` while another process has locked it.
    pub(super) fn open(directory: &Path) -> io::Result<Option<Self>> {
        std::fs::create_dir_all(directory)?;
        let lock = LockedFile::try_exclusive(&directory.join(".lock"))?;
        Ok(lock.map(|lock| Self { directory: directory.to_owned(), _lock: lock }))
    }

    /// The waiting package. One that can't be read counts as missing: it will be downloaded again.
    pub(super) fn waiting(&self) -> Option<Waiting> {
        let text = std::fs::read_to_string(self.next().join("release.json")).ok()?;
        let waiting: Waiting = serde_json::from_str(&text).ok()?;
        self.package_path().is_file().then_some(waiting)
    }

    /// The content of the waiting package.
    pub(super) fn package(&self) -> io::Result<Vec<u8>> {
        std::fs::read(self.package_path())
    }

    /// Stores a package, replacing any other.
    pub(super) fn put(&self, release: &Release, from: &Source, package: &[u8]) -> io::Result<()> {
        let beside = self.directory.join("coming");
        remove(&beside)?;
        std::fs::create_dir_all(&beside)?;
        std::fs::write(beside.join("package"), package)?;
        let waiting = Waiting { release: release.clone(), from: from.clone(), is_tried: false };
        write_release(&beside, &waiting)?;
        remove(&self.next())?;
        std::fs::rename(&beside, self.next())
    }

    /// Records that installing it is being tried.
    pub(super) fn note_tried(&self, waiting: Waiting) -> io::Result<Waiting> {
        let waiting = Waiting { is_tried: true, ..waiting };
        write_release(&self.next(), &waiting)?;
        Ok(waiting)
    }

    /// Deletes the waiting package.
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

/// Takes a shared lock that shows every process of this installation that somebody is in a session, until it is
/// dropped. `None` while one of them is installing.
pub(super) fn training(directory: &Path) -> io::Result<Option<LockedFile>> {
    std::fs::create_dir_all(directory)?;
    LockedFile::try_shared(&directory.join(TRAINING))
}

/// Takes an exclusive lock that keeps every process of this installation out of sessions, until it is dropped. `None`
/// while somebody is.
pub(super) fn nobody_trains(directory: &Path) -> io::Result<Option<LockedFile>> {
    std::fs::create_dir_all(directory)?;
    LockedFile::try_exclusive(&directory.join(TRAINING))
}

fn write_release(directory: &Path, waiting: &Waiting) -> io::Result<()> {
    write_whole(&directory.join("release.json"), &serde_json::to_string(waiting)?)
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
    use crate::channel::Channel;

    fn release() -> Release {
        Release {
            version: "0.2.0".parse().expect("a version"),
            notes: [("en".to_owned(), "faster".to_owned())].into(),
            manifest: serde_json::json!({ "version": "0.2.0" }),
        }
    }

    fn source() -> Source {
        Source { server: "https://ringside.example".parse().expect("an address"), channel: Channel::Stable }
    }

    #[test]
    fn what_is_kept_is_there_after_a_restart_until_it_is_cleared() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let keep = Keep::open(directory.path()).expect("writable").expect("nobody has it");
        assert_eq!(keep.waiting(), None);
        keep.put(&release(), &source(), b"old").expect("writable");
        keep.put(&release(), &source(), b"package").expect("writable");
        drop(keep);
        let keep = Keep::open(directory.path()).expect("writable").expect("nobody has it");
        let waiting = keep.waiting().expect("it waits");
        assert_eq!(waiting, Waiting { release: release(), from: source(), is_tried: false });
        assert_eq!(keep.package().expect("readable"), b"package");
        keep.note_tried(waiting).expect("writable");
        assert!(keep.waiting().expect("it waits").is_tried);
        keep.clear().expect("writable");
        assert_eq!(keep.waiting(), None);
    }

    #[test]
    fn nobody_installs_while_somebody_trains_and_several_may_train() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (one, other) = (training(directory.path()), training(directory.path()));
        assert!(one.is_ok_and(|lock| lock.is_some()) && other.is_ok_and(|lock| lock.is_some()));
        let one = training(directory.path()).expect("writable");
        assert!(one.is_some() && nobody_trains(directory.path()).expect("writable").is_none());
        drop(one);
        let nobody = nobody_trains(directory.path()).expect("writable");
        assert!(nobody.is_some() && training(directory.path()).expect("writable").is_none());
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
        keep.put(&release(), &source(), b"package").expect("writable");
        std::fs::write(directory.path().join("next/release.json"), "{").expect("writable");
        assert_eq!(keep.waiting(), None);
        keep.put(&release(), &source(), b"package").expect("writable");
        std::fs::remove_file(directory.path().join("next/package")).expect("it is there");
        assert_eq!(keep.waiting(), None);
    }
}
