//! Removes the files that nobody names any more.
//!
//! An upload is forgotten a while after anything was last added to it (`Retention::files`, a week if not said otherwise). A
//! video is named by its exercise and by the rounds that were planned with it; what nobody has named for as long is
//! removed. A file without a row, which a crash leaves behind, goes when it is as old.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use training::{StudioId, Timestamp};

use super::{Blobs, on_disk};
use crate::clock;
use crate::http::ApiError;
use crate::store::Store;

/// Removes what nobody has named for so long; returns how many files that were.
pub(crate) async fn remove_unnamed(
    store: &Store,
    blobs: &Blobs,
    now: Timestamp,
    kept: Duration,
) -> Result<usize, ApiError> {
    let before = clock::before(now, kept);
    store.delete_uploads_before(before).await?;
    for video in store.videos_to_look_at(now).await? {
        let is_named = store.is_video_in_round(&video).await?;
        store.note_whether_named(&video, is_named, (now, before), clock::after(now, kept)).await?;
    }
    for (studio, hash) in store.unnamed_blobs().await? {
        store.delete_blob_if_unnamed(studio, &hash).await?;
    }
    let mut removed = 0;
    let (known, studios) = (store.blobs_and_uploads().await?, store.studio_ids().await?);
    let files = blobs.clone();
    for file in on_disk(move || files.nameless(&known, &studios, before)).await? {
        removed += usize::from(remove(store, file).await?);
    }
    Ok(removed)
}

/// Removes a finished file that an upload became, unless something else names it.
pub(crate) async fn remove_if_unnamed(
    store: &Store,
    blobs: &Blobs,
    studio: StudioId,
    hash: &str,
) -> Result<(), ApiError> {
    store.delete_blob_if_unnamed(studio, hash).await?;
    let file = Nameless { path: blobs.path(studio, hash), finished: Some((studio, hash.to_owned())) };
    remove(store, file).await.map(drop)
}

/// A file without a row.
struct Nameless {
    path: PathBuf,
    /// Whose it would be, if it has the name of a finished one.
    finished: Option<(StudioId, String)>,
}

/// Removes a file, unless it has been given a row meanwhile.
async fn remove(store: &Store, file: Nameless) -> Result<bool, ApiError> {
    let mut tx = store.write().await?;
    if let Some((studio, hash)) = &file.finished {
        // Whoever makes a file of an upload holds this lock from before its name until after its row.
        tx.lock_studio(*studio).await?;
        if tx.blob_exists(*studio, hash).await? {
            return Ok(false);
        }
    }
    let path = file.path;
    let removed = on_disk(move || fs::remove_file(&path)).await?;
    tx.commit().await?;
    if let Err(error) = &removed
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(error = error as &dyn std::error::Error, "a file that nobody names was not removed");
    }
    Ok(removed.is_ok())
}

impl Blobs {
    /// The files that have no row, and were last written before an instant. Those of studios that are not in the database
    /// are left alone.
    fn nameless(&self, known: &HashSet<String>, studios: &HashSet<String>, before: Timestamp) -> Vec<Nameless> {
        let mut found = Vec::new();
        for (name, path) in old_files(&self.partial, before) {
            if !known.contains(&name) {
                found.push(Nameless { path, finished: None });
            }
        }
        for studio in entries(&self.finished) {
            let Some(studio_name) = studio.file_name().and_then(|name| name.to_str()).map(str::to_owned) else {
                continue;
            };
            if !studios.contains(&studio_name) {
                continue;
            }
            let id = studio_name.parse().ok();
            for (name, path) in old_files(&studio, before) {
                if !known.contains(&format!("{studio_name}/{name}")) {
                    found.push(Nameless { path, finished: id.map(|studio| (studio, name)) });
                }
            }
        }
        found
    }
}

/// The files of a directory that were last written before an instant, with their names.
fn old_files(directory: &Path, before: Timestamp) -> Vec<(String, PathBuf)> {
    let before = u64::try_from(before.as_millisecond()).unwrap_or_default();
    let before = SystemTime::UNIX_EPOCH + Duration::from_millis(before);
    let is_old = |path: &PathBuf| {
        let written = fs::metadata(path).and_then(|file| file.modified());
        written.is_ok_and(|written| written < before) && path.is_file()
    };
    let named = |path: PathBuf| Some((path.file_name()?.to_str()?.to_owned(), path));
    entries(directory).into_iter().filter(is_old).filter_map(named).collect()
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}
