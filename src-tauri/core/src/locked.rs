//! Files that processes of one installation lock to keep out of each other's way.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// A file that is locked until this is dropped, and with the process at the latest, however it ends.
#[derive(Debug)]
pub(crate) struct LockedFile(File);

impl LockedFile {
    /// The file at `path` for this process alone, made if it is not there; waits for whoever has it.
    pub(crate) fn exclusive(path: &Path) -> io::Result<Self> {
        let file = made(path)?;
        file.lock()?;
        Ok(Self(file))
    }

    /// [`LockedFile::exclusive`], but none while another has it.
    pub(crate) fn try_exclusive(path: &Path) -> io::Result<Option<Self>> {
        tried(path, File::try_lock)
    }

    /// The file at `path` together with whoever shares it; none while one has it alone.
    pub(crate) fn try_shared(path: &Path) -> io::Result<Option<Self>> {
        tried(path, File::try_lock_shared)
    }

    /// Lets others have it from now on.
    pub(crate) fn release(&self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(error = &error as &dyn std::error::Error, "a locked file could not be released");
        }
    }
}

impl Drop for LockedFile {
    /// Closing the file alone might not do: a program that is being started at that moment has it too, until it is what
    /// it is to become.
    fn drop(&mut self) {
        self.release();
    }
}

fn tried(path: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> io::Result<Option<LockedFile>> {
    let file = made(path)?;
    match lock(&file) {
        Ok(()) => Ok(Some(LockedFile(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn made(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}
