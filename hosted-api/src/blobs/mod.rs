//! The bytes of videos and their posters, and of what is on its way to become one: files in the data directory.
//!
//! A finished file is called by its studio and its hash, so the same bytes are stored once for a studio. It gets that
//! name only once it is complete and on the disk, before the database says that it is there, and is never written to
//! again. What a crash leaves behind between the two is a file that nobody names, which maintenance removes.

mod partial;
mod receive;
mod removal;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use training::{StudioId, UploadId};
use uuid::Uuid;

use crate::http::ApiError;
use crate::private_files::{create_private_directory, create_private_file};

use self::partial::PartialFile;
pub(crate) use self::receive::{complete, offset, receive};
pub(crate) use self::removal::{remove_if_unnamed, remove_unnamed};

/// How much of the disk uploads leave free.
const KEPT_FREE: u64 = 512 * 1024 * 1024;
/// How much is copied at a time.
const CHUNK: usize = 64 * 1024;

/// The directories.
#[derive(Clone, Debug)]
pub(crate) struct Blobs {
    finished: PathBuf,
    partial: PathBuf,
}

/// A complete file that has no name yet. Dropped without one, it is removed.
pub(crate) struct StagedFile {
    path: PathBuf,
    directory: PathBuf,
    hash: String,
}

/// Why an upload's bytes did not become a file.
#[derive(Debug)]
pub(crate) enum NotStaged {
    /// They have another hash.
    WrongHash,
    /// There are fewer than were said to be.
    TooShort,
    /// The disk failed.
    Failed(io::Error),
}

impl Blobs {
    pub(crate) fn in_directory(data: &Path) -> Self {
        Self { finished: data.join("videos"), partial: data.join("uploads") }
    }

    /// Where the file of a studio with this hash is, if there is one. The hash must be one of ours, not unchecked input.
    pub(crate) fn path(&self, studio: StudioId, hash: &str) -> PathBuf {
        self.finished.join(studio.to_string()).join(hash)
    }

    /// The studios that have files, by the names of their directories.
    pub(crate) fn studios(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.finished) else { return Vec::new() };
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
    }

    /// Whether the disk has room for so many bytes more, and still for what else is written on it: the database is often on
    /// the same one.
    pub(crate) fn has_room(&self, bytes: u64) -> io::Result<bool> {
        create_private_directory(&self.partial)?;
        Ok(fs4::available_space(&self.partial)? >= bytes.saturating_add(KEPT_FREE))
    }

    /// Whether there is a file of this size.
    pub(crate) fn has(&self, studio: StudioId, hash: &str, size_bytes: u64) -> bool {
        fs::metadata(self.path(studio, hash)).is_ok_and(|file| file.is_file() && file.len() == size_bytes)
    }

    /// How many bytes of an upload are in its file.
    fn partial_size(&self, upload: UploadId) -> io::Result<u64> {
        match fs::metadata(self.partial_path(upload)) {
            Ok(file) => Ok(file.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Opens the file of an upload, to write from here on.
    fn open_partial(&self, upload: UploadId, offset: u64) -> io::Result<PartialFile> {
        create_private_directory(&self.partial)?;
        PartialFile::open(&self.partial, &self.partial_path(upload), offset)
    }

    /// Copies the bytes of an upload. A request that still writes to the upload's own file can't change the copy.
    fn stage(&self, upload: UploadId, studio: StudioId, hash: &str, size_bytes: u64) -> Result<StagedFile, NotStaged> {
        let directory = self.finished.join(studio.to_string());
        create_private_directory(&directory)?;
        let path = directory.join(format!("{hash}.{}.staged", Uuid::now_v7()));
        let to = create_private_file(&path)?;
        let staged = StagedFile { path, directory, hash: hash.to_owned() };
        let from = File::open(self.partial_path(upload))?;
        copy(&mut from.take(size_bytes), to, hash, size_bytes)?;
        Ok(staged)
    }

    /// Removes the file of an upload. One that stays is only clutter.
    pub(crate) fn remove_partial(&self, upload: UploadId) {
        if let Err(error) = fs::remove_file(self.partial_path(upload))
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "the file of an upload was not removed");
        }
    }

    fn partial_path(&self, upload: UploadId) -> PathBuf {
        self.partial.join(upload.to_string())
    }
}

impl StagedFile {
    /// Gives it its name. One that has it already is replaced by the same bytes, which repairs a damaged one.
    fn publish(mut self) -> io::Result<()> {
        fs::rename(&self.path, self.directory.join(&self.hash))?;
        let directory = std::mem::take(&mut self.directory);
        self.path = PathBuf::new();
        sync_directory(&directory)
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            fs::remove_file(&self.path).ok();
        }
    }
}

impl From<io::Error> for NotStaged {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Does what waits for the disk.
pub(crate) async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)
}

fn copy(from: &mut impl Read, mut to: File, expected: &str, size_bytes: u64) -> Result<(), NotStaged> {
    let (mut hasher, mut chunk, mut copied) = (Sha256::new(), vec![0; CHUNK], 0);
    loop {
        let read = from.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
        to.write_all(&chunk[..read])?;
        copied += read as u64;
    }
    if copied != size_bytes {
        return Err(NotStaged::TooShort);
    }
    if format!("{:x}", hasher.finalize()) != expected {
        return Err(NotStaged::WrongHash);
    }
    Ok(to.sync_all()?)
}

/// Makes the names in a directory durable. On Windows they are without it.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
