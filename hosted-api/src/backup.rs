//! `ringside-api admin backup` and `admin restored`: a copy of the database while it is used, and what makes a restored
//! one safe to serve.
//!
//! Deliberately absent: the files of the data directory. They are named by what is in them and never change, so any
//! copy made after the database's has them all.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::private_files::create_private_file;
use crate::store::{DatabaseUrl, Store, StoreError};

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not SQLite.
    #[error("{0} is Postgres, which has its own tool: pg_dump --format=custom --file=FILE DATABASE_URL")]
    NotSqlite(DatabaseUrl),
    /// Something has the name already.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// `SQLite` takes only names that are text.
    #[error("the name {} is not UTF-8", .0.display())]
    Name(PathBuf),
    /// The copy is damaged, and so most likely is the database.
    #[error("the copy of {0} is damaged: check the disk")]
    Damaged(DatabaseUrl),
    /// The file can't be written.
    #[error("{} can't be written", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Copies a `SQLite` database into `file`, also while a server uses it. Returns the size in bytes.
///
/// The file appears under its name only when it is complete and on the disk.
///
/// # Errors
/// [`BackupError`]; nothing is left behind.
pub async fn back_up(database: &DatabaseUrl, file: &Path) -> Result<u64, BackupError> {
    if !database.is_file() {
        return Err(BackupError::NotSqlite(database.clone()));
    }
    let file = std::path::absolute(file).map_err(|source| BackupError::File { path: file.to_owned(), source })?;
    if file.try_exists().unwrap_or(true) {
        return Err(BackupError::Exists(file));
    }
    let store = Store::connect_unchanged(database).await?;
    let partial = file.with_added_extension("partial");
    let copied = copy(&store, database, &partial).await;
    store.close().await;
    let put = copied.and_then(|size| {
        fs::rename(&partial, &file).and_then(|()| sync_directory(&file)).map_err(unwritable(&file))?;
        Ok(size)
    });
    if put.is_err() {
        // It may never have been made.
        fs::remove_file(&partial).ok();
    }
    put
}

/// Makes a restored database safe to serve: every feed begins another epoch, so that whoever has seen more than the
/// backup takes a new snapshot, instead of mistaking new events for those they know. It also goes on with the data directory
/// it was restored beside. Returns the number of feeds.
///
/// # Errors
/// [`StoreError`] when there is no such database, or it can't be changed.
pub async fn begin_epochs(database: &DatabaseUrl) -> Result<usize, StoreError> {
    let store = Store::connect_existing(database).await?;
    let feeds = store.begin_epochs().await?;
    store.close().await;
    Ok(feeds)
}

async fn copy(store: &Store, database: &DatabaseUrl, partial: &Path) -> Result<u64, BackupError> {
    let name = partial.to_str().ok_or_else(|| BackupError::Name(partial.to_owned()))?;
    // What an earlier, interrupted backup left behind.
    match fs::remove_file(partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritable(partial)(error)),
        _ => {}
    }
    let written = create_private_file(partial).map_err(unwritable(partial))?;
    store.copy_into(name).await?;
    let copied = DatabaseUrl::sqlite(partial).map_err(|_| BackupError::Name(partial.to_owned()))?;
    let copy = Store::connect_unchanged(&copied).await?;
    let is_sound = copy.is_sound().await;
    copy.close().await;
    if !is_sound? {
        return Err(BackupError::Damaged(database.clone()));
    }
    written.sync_all().and_then(|()| written.metadata()).map(|metadata| metadata.len()).map_err(unwritable(partial))
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> BackupError {
    |source| BackupError::File { path: path.to_owned(), source }
}

/// Has the name of a new file survive a power cut.
fn sync_directory(file: &Path) -> io::Result<()> {
    // Windows opens no directories, and needs this for none.
    if cfg!(unix)
        && let Some(directory) = file.parent()
    {
        File::open(directory)?.sync_all()
    } else {
        Ok(())
    }
}
