//! Whether the data directory is the one that all servers on a database share.
//!
//! The first server that starts writes a random id into a file in the directory, and into the database. A server whose
//! directory has no such file, or one with another id, would not find the files of the others. It is not ready.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::blobs::Blobs;
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

/// Marks the directory as the one that is shared, unless one is marked. A directory with files of studios that this
/// database does not know belongs to another one.
pub(crate) async fn mark(store: &Store, path: &Path) -> Result<(), NotShared> {
    if store.data_directory().await?.is_some() {
        return Ok(());
    }
    let unreadable = |source| NotShared::Unreadable { path: path.to_owned(), source };
    let studios = store.studio_ids().await?;
    if let Some(id) = read_marker(path).map_err(unreadable)?
        && Blobs::in_directory(path).studios().iter().any(|studio| !studios.contains(studio))
    {
        return Err(NotShared::Other { path: path.to_owned(), id });
    }
    // The file first: after a crash between the two, the next start finds it.
    let id = write_marker(path).map_err(unreadable)?;
    Ok(store.set_data_directory(&id).await?)
}

/// Whether the directory is the one that is shared.
pub(crate) async fn check(store: &Store, path: &Path) -> Result<(), NotShared> {
    let id = store.data_directory().await?.ok_or(NotShared::NoneMarked)?;
    let path = path.to_owned();
    let directory = path.clone();
    // On a network's file system this may wait.
    let read = tokio::task::spawn_blocking(move || read_marker(&directory)).await;
    match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
        Ok(Some(found)) if found == id => Ok(()),
        Ok(Some(_)) => Err(NotShared::Other { path, id }),
        Ok(None) => Err(NotShared::Unmarked { path, id }),
        Err(source) => Err(NotShared::Unreadable { path, source }),
    }
}

/// The id in the directory's file, which is created if it isn't there.
///
/// It appears under its name with its content: another server may start at the same time.
fn write_marker(path: &Path) -> io::Result<String> {
    create_private_directory(path)?;
    let id = Uuid::now_v7().to_string();
    let written = path.join(format!("{MARKER}.{id}"));
    let mut created = create_private_file(&written)?;
    let linked = created
        .write_all(id.as_bytes())
        .and_then(|()| created.sync_all())
        .and_then(|()| fs::hard_link(&written, path.join(MARKER)));
    fs::remove_file(&written)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => read_marker(path)?.ok_or_else(|| ErrorKind::NotFound.into()),
    }
}

/// The id in the directory's file, if there is one.
fn read_marker(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path.join(MARKER)) {
        Ok(id) if id.trim().is_empty() => Err(ErrorKind::InvalidData.into()),
        Ok(id) => Ok(Some(id.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
