//! The file of an upload that is not complete.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::sync_directory;
use crate::private_files::create_private_file;

/// The file, open for writing.
pub(super) struct PartialFile(File);

impl PartialFile {
    /// Opens it at this offset, and creates it if it isn't there.
    pub(super) fn open(directory: &Path, path: &Path, offset: u64) -> io::Result<Self> {
        let mut file = match create_private_file(path) {
            Ok(file) => {
                sync_directory(directory)?;
                file
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => OpenOptions::new().write(true).open(path)?,
            Err(error) => return Err(error),
        };
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self(file))
    }

    /// Writes on.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Has what was written survive a power cut.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}
