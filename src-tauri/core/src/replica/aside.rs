//! A damaged file: what can be read of the outbox, and where the file goes.
//!
//! A crash in the middle loses nothing. The new file is complete, with what was saved, under a name of its own before the
//! damaged one is touched; and as soon as the damaged one has gone, the new one is what the next opening takes.

use std::io::Result;
use std::path::{Path, PathBuf};

use futures_util::StreamExt;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};

use super::FILE;
use crate::outbox::Entry;

/// The new file while it is being made.
const UNFINISHED: &str = "unfinished.sqlite";
/// The new file once it is complete, until it takes the damaged one's place.
const MENDED: &str = "mended.sqlite";
/// What SQLite keeps beside a file; the order is that of setting aside.
const JOURNALS: [&str; 2] = ["-wal", "-shm"];

/// What can be read of a damaged file's outbox, in its order: those of its acts that are whole.
pub(super) async fn salvage(directory: &Path) -> Vec<Entry> {
    let options = SqliteConnectOptions::new().filename(directory.join(FILE)).read_only(true);
    let Ok(mut connection) = options.connect().await else { return Vec::new() };
    // Up to the first page that can't be read.
    let mut saved = Vec::new();
    let mut rows = sqlx::query("SELECT document FROM outbox ORDER BY place").fetch(&mut connection);
    while let Some(Ok(row)) = rows.next().await {
        let entry = row.try_get::<String, _>(0).ok().and_then(|document| serde_json::from_str(&document).ok());
        saved.extend::<Option<Entry>>(entry);
    }
    drop(rows);
    connection.close().await.ok();
    saved
}

/// Where the new file is made; what a crash left there is removed.
pub(super) fn unfinished(directory: &Path) -> Result<PathBuf> {
    let file = directory.join(UNFINISHED);
    for path in std::iter::once(file.clone()).chain(journals(&file)) {
        if path.exists() {
            std::fs::remove_file(path)?;
        }
    }
    Ok(file)
}

/// Puts the new file in the damaged one's place, which gets another name beside it.
pub(super) fn take_over(directory: &Path, now: jiff::Timestamp) -> Result<()> {
    std::fs::rename(directory.join(UNFINISHED), directory.join(MENDED))?;
    finish(directory, now)
}

/// Does the rest of a take-over, if one was begun.
pub(super) fn finish(directory: &Path, now: jiff::Timestamp) -> Result<()> {
    let (file, mended) = (directory.join(FILE), directory.join(MENDED));
    if !mended.exists() {
        return Ok(());
    }
    // A journal left over would be played into the new file.
    let aside = directory.join(format!("damaged-{}.sqlite", now.as_millisecond()));
    for (from, to) in std::iter::once((file.clone(), aside.clone())).chain(journals(&file).zip(journals(&aside))) {
        if from.exists() {
            std::fs::rename(from, to)?;
        }
    }
    std::fs::rename(mended, file)
}

fn journals(file: &Path) -> impl Iterator<Item = PathBuf> {
    JOURNALS.into_iter().map(|suffix| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}
