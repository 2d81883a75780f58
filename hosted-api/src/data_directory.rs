//! Whether the data directory is the one that all servers on a database share.
//!
//! The first server that starts writes a random id into a file in the directory, and into the database. A server whose
//! directory has no such file, or one with another id, would not find the files of the others. It is not ready.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::private_files::{create_private_directory, create_private_file};
use crate::store::{Store, StoreError};

/// The file with the id.
const MARKER: &str = "directory-id";

/// Why a data directory is not the one that is shared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotShared {
    #[error(
        "{} has no file {MARKER}, so it is not the directory that the servers on this database share: mount that one, or, \
         if this one is to take its place, copy the files of that one here and write {id} into {MARKER}",
        path.display()
    )]
    Unmarked { path: PathBuf, id: String },
    #[error(
        "{} is the directory of another database: its file {MARKER} has another id than {id}; give each database a \
         directory of its own",
        path.display()
    )]
    Other { path: PathBuf, id: String },
    #[error("the file {MARKER} in {} can't be read", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("no server has marked its data directory yet; start one")]
    NoneMarked,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Marks the directory as the one that is shared, unless one is marked.
pub(crate) async fn mark(store: &Store, path: &Path) -> Result<(), NotShared> {
    if store.data_directory().await?.is_some() {
        return Ok(());
    }
    let unreadable = |source| NotShared::Unreadable { path: path.to_owned(), source };
    // The file first: after a crash between the two, the next start finds it.
    let id = write_marker(path).map_err(unreadable)?;
    Ok(store.set_data_directory(&id).await?)
}

/// Whether the directory is the one that is shared.
pub(crate) async fn check(store: &Store, path: &Path) -> Result<(), NotShared> {
    let id = store.data_directory().await?.ok_or(NotShared::NoneMarked)?;
    let file = path.join(MARKER);
    // On a network's file system this may wait.
    let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(file)).await;
    let path = path.to_owned();
    match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
        Ok(found) if found.trim() == id => Ok(()),
        Ok(_) => Err(NotShared::Other { path, id }),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(NotShared::Unmarked { path, id }),
        Err(source) => Err(NotShared::Unreadable { path, source }),
    }
}

/// The id in the directory's file, which is created if it isn't there.
fn write_marker(path: &Path) -> io::Result<String> {
    create_private_directory(path)?;
    let (file, id) = (path.join(MARKER), Uuid::now_v7().to_string());
    match create_private_file(&file) {
        Ok(mut created) => {
            created.write_all(id.as_bytes())?;
            created.sync_all()?;
            Ok(id)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(std::fs::read_to_string(&file)?.trim().to_owned()),
        Err(error) => Err(error),
    }
}
