//! Lock files, which coordinate the processes of one installation.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// A file that is locked until this is released or dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct LockedFile {
    file: File,
    is_released: AtomicBool,
}

impl LockedFile {
    /// Locks the file at `path` exclusively, creating it if necessary. `None` while somebody else holds a lock.
    pub(crate) fn try_exclusive(path: &Path) -> io::Result<Option<Self>> {
        tried(path, File::try_lock)
    }

    /// Locks the file at `path` as shared. `None` while somebody holds an exclusive lock.
    pub(crate) fn try_shared(path: &Path) -> io::Result<Option<Self>> {
        tried(path, File::try_lock_shared)
    }

    /// Releases the lock.
    pub(crate) fn release(&self) {
        // Windows fails to unlock a file that is not locked.
        if self.is_released.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Err(error) = self.file.unlock() {
            tracing::warn!(error = &error as &dyn std::error::Error, "a locked file could not be released");
        }
    }
}

impl Drop for LockedFile {
    /// Closing the file might not be enough: a child process that is being spawned at that moment has inherited it,
    /// until its `exec`.
    fn drop(&mut self) {
        self.release();
    }
}

fn tried(path: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> io::Result<Option<LockedFile>> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match lock(&file) {
        Ok(()) => Ok(Some(LockedFile { file, is_released: AtomicBool::new(false) })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
