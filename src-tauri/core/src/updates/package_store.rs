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
use crate::files::write_whole;
use crate::locked::LockedFile;

/// The lock file that shows whether somebody is in a session.
const TRAINING: &str = ".training";

/// See the module. Exclusive to one process; the system releases the lock when the process ends.
#[derive(Debug)]
pub(super) struct PackageStore {
    directory: PathBuf,
    _lock: LockedFile,
}

/// A package waiting to be installed.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredPackage {
    pub(super) release: Release,
    /// The source that offers it.
    pub(super) from: Source,
    /// Whether installing it was already tried. It is not retried at every start.
    pub(super) is_tried: bool,
}

impl PackageStore {
    /// Opens and locks the store in `directory`. `None` while another process has locked it.
    pub(super) fn open(directory: &Path) -> io::Result<Option<Self>> {
        std::fs::create_dir_all(directory)?;
        let lock = LockedFile::try_exclusive(&directory.join(".lock"))?;
        Ok(lock.map(|lock| Self { directory: directory.to_owned(), _lock: lock }))
    }

    /// The waiting package. One that can't be read counts as missing: it will be downloaded again.
    pub(super) fn waiting(&self) -> Option<StoredPackage> {
        let text = std::fs::read_to_string(self.next().join("release.json")).ok()?;
        let waiting: StoredPackage = serde_json::from_str(&text).ok()?;
        self.package_path().is_file().then_some(waiting)
    }

    /// The content of the waiting package.
    pub(super) fn package(&self) -> io::Result<Vec<u8>> {
        std::fs::read(self.package_path())
    }

    /// Stores a package, replacing any other.
    pub(super) fn put(&self, release: &Release, from: &Source, package: &[u8]) -> io::Result<()> {
        let incoming = self.directory.join("incoming");
        remove(&incoming)?;
        std::fs::create_dir_all(&incoming)?;
        std::fs::write(incoming.join("package"), package)?;
        let waiting = StoredPackage { release: release.clone(), from: from.clone(), is_tried: false };
        write_release(&incoming, &waiting)?;
        remove(&self.next())?;
        std::fs::rename(&incoming, self.next())
    }

    /// Records that installing it is being tried.
    pub(super) fn note_tried(&self, waiting: StoredPackage) -> io::Result<StoredPackage> {
        let waiting = StoredPackage { is_tried: true, ..waiting };
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
pub(super) fn lock_for_session(directory: &Path) -> io::Result<Option<LockedFile>> {
    std::fs::create_dir_all(directory)?;
    LockedFile::try_shared(&directory.join(TRAINING))
}

/// Takes an exclusive lock that keeps every process of this installation out of sessions, until it is dropped. `None`
/// while somebody is.
pub(super) fn lock_out_sessions(directory: &Path) -> io::Result<Option<LockedFile>> {
    std::fs::create_dir_all(directory)?;
    LockedFile::try_exclusive(&directory.join(TRAINING))
}

fn write_release(directory: &Path, waiting: &StoredPackage) -> io::Result<()> {
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
    fn a_stored_package_survives_a_restart_until_it_is_cleared() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let store = PackageStore::open(directory.path()).expect("writable").expect("nobody has it");
        assert_eq!(store.waiting(), None);
        store.put(&release(), &source(), b"old").expect("writable");
        store.put(&release(), &source(), b"package").expect("writable");
        drop(store);
        let store = PackageStore::open(directory.path()).expect("writable").expect("nobody has it");
        let waiting = store.waiting().expect("it waits");
        assert_eq!(waiting, StoredPackage { release: release(), from: source(), is_tried: false });
        assert_eq!(store.package().expect("readable"), b"package");
        store.note_tried(waiting).expect("writable");
        assert!(store.waiting().expect("it waits").is_tried);
        store.clear().expect("writable");
        assert_eq!(store.waiting(), None);
    }

    #[test]
    fn an_update_is_not_installed_during_any_of_several_sessions() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (one, other) = (lock_for_session(directory.path()), lock_for_session(directory.path()));
        assert!(one.is_ok_and(|lock| lock.is_some()) && other.is_ok_and(|lock| lock.is_some()));
        let one = lock_for_session(directory.path()).expect("writable");
        assert!(one.is_some() && lock_out_sessions(directory.path()).expect("writable").is_none());
        drop(one);
        let nobody = lock_out_sessions(directory.path()).expect("writable");
        assert!(nobody.is_some() && lock_for_session(directory.path()).expect("writable").is_none());
    }

    #[test]
    fn one_process_at_a_time_holds_the_package_store() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let store = PackageStore::open(directory.path()).expect("writable");
        assert!(store.is_some() && PackageStore::open(directory.path()).expect("writable").is_none());
        drop(store);
        assert!(PackageStore::open(directory.path()).expect("writable").is_some());
    }

    #[test]
    fn a_damaged_package_counts_as_missing() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let store = PackageStore::open(directory.path()).expect("writable").expect("nobody has it");
        store.put(&release(), &source(), b"package").expect("writable");
        std::fs::write(directory.path().join("next/release.json"), "{").expect("writable");
        assert_eq!(store.waiting(), None);
        store.put(&release(), &source(), b"package").expect("writable");
        std::fs::remove_file(directory.path().join("next/package")).expect("it is there");
        assert_eq!(store.waiting(), None);
    }
}
