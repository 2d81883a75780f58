//! Recovery from a damaged file: salvaging the outbox and the uploads, and setting the file aside.
//!
//! A crash in the middle loses nothing. The new file is complete, with what was salvaged, under its own name before the
//! damaged file is touched. Once the damaged file has been renamed, the next start picks up the new one.

use std::io::Result;
use std::path::{Path, PathBuf};

use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use super::FILE;
use crate::outbox::Entry;
use crate::uploads::UploadJob;

/// The new file while it is being written.
const UNFINISHED: &str = "unfinished.sqlite";
/// The new file once it is complete, until it takes the damaged one's place.
const MENDED: &str = "mended.sqlite";
/// What the names of files begin with that were set aside.
const DAMAGED: &str = "damaged-";
/// The files SQLite keeps beside a database, in the order in which they are set aside.
const JOURNALS: [&str; 2] = ["-wal", "-shm"];

/// What is still readable of the part of a damaged file that nobody else has.
#[derive(Default)]
pub(super) struct Salvaged {
    pub(super) entries: Vec<Entry>,
    pub(super) uploads: Vec<UploadJob>,
}

/// What is still readable in a damaged file's outbox and among its uploads, in order.
pub(super) async fn salvage(directory: &Path) -> Salvaged {
    let options = SqliteConnectOptions::new().filename(directory.join(FILE)).read_only(true);
    let Ok(mut connection) = options.connect().await else { return Salvaged::default() };
    let salvaged = Salvaged {
        entries: readable(&mut connection, "SELECT document FROM outbox ORDER BY place").await,
        uploads: readable(&mut connection, "SELECT document FROM uploads ORDER BY place").await,
    };
    connection.close().await.ok();
    salvaged
}

/// The rows up to the first page that can't be read.
async fn readable<T: DeserializeOwned>(connection: &mut SqliteConnection, query: &'static str) -> Vec<T> {
    let mut saved = Vec::new();
    let mut rows = sqlx::query(query).fetch(connection);
    while let Some(Ok(row)) = rows.next().await {
        let document = row.try_get::<String, _>(0).ok();
        saved.extend(document.and_then(|document| serde_json::from_str::<T>(&document).ok()));
    }
    saved
}

/// The path where the new file is written. Leftovers of a crash are removed.
pub(super) fn unfinished(directory: &Path) -> Result<PathBuf> {
    let file = directory.join(UNFINISHED);
    for path in std::iter::once(file.clone()).chain(journals(&file)) {
        if path.exists() {
            std::fs::remove_file(path)?;
        }
    }
    Ok(file)
}

/// Replaces the damaged file with the new one. The damaged file is renamed in the same directory.
pub(super) fn take_over(directory: &Path, now: jiff::Timestamp) -> Result<()> {
    std::fs::rename(directory.join(UNFINISHED), directory.join(MENDED))?;
    finish(directory, now)
}

/// Completes a take-over that was interrupted, if there is one.
pub(super) fn finish(directory: &Path, now: jiff::Timestamp) -> Result<()> {
    let (file, mended) = (directory.join(FILE), directory.join(MENDED));
    if !mended.exists() {
        return Ok(());
    }
    // A leftover journal would be replayed into the new file.
    let aside = directory.join(format!("{DAMAGED}{}.sqlite", now.as_millisecond()));
    for (from, to) in std::iter::once((file.clone(), aside.clone())).chain(journals(&file).zip(journals(&aside))) {
        if from.exists() {
            std::fs::rename(from, to)?;
        }
    }
    std::fs::rename(mended, file)
}

/// Removes the damaged files that were set aside: what was readable in them is in the new file.
pub(super) fn remove_damaged(directory: &Path) -> Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(DAMAGED)) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn journals(file: &Path) -> impl Iterator<Item = PathBuf> {
    JOURNALS.into_iter().map(|suffix| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}
