//! Files that processes of one installation lock to keep out of each other's way.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// A file that is locked until this is released or dropped, and with the process at the latest, however it ends.
#[derive(Debug)]
pub(crate) struct LockedFile {
    file: File,
    is_released: AtomicBool,
}

impl LockedFile {
    /// The file at `path` for whoever has this alone, made if it is not there; none while another has it.
    pub(crate) fn try_exclusive(path: &Path) -> io::Result<Option<Self>> {
        tried(path, File::try_lock)
    }

    /// The file at `path` together with whoever shares it; none while one has it alone.
    pub(crate) fn try_shared(path: &Path) -> io::Result<Option<Self>> {
        tried(path, File::try_lock_shared)
    }

    /// Lets others have it from now on.
    pub(crate) fn release(&self) {
        // Windows refuses to unlock what is not locked.
        if self.is_released.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Err(error) = self.file.unlock() {
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
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match lock(&file) {
        Ok(()) => Ok(Some(LockedFile { file, is_released: AtomicBool::new(false) })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
