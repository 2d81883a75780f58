//! The end of an erasure, once its rows are gone: the files of uploads are removed, and what the database keeps of
//! deleted rows is overwritten.
//!
//! What is left to do is noted in the transaction that deletes the rows. So an erasure that a crash interrupts here is
//! finished by the next start, or by the maintenance of any server.

use crate::app::App;
use crate::blobs::{on_disk, remove_if_unnamed};
use crate::http::ApiError;
use crate::store::UploadFiles;

/// Finishes what was begun. What fails is logged, and tried again with the next maintenance.
pub(crate) async fn finish(app: &App) {
    match finish_all(app).await {
        Ok(Finished { people: 0, .. }) => {}
        Ok(Finished { people, is_overwritten: true }) => tracing::info!(people, "erasures are finished"),
        Ok(Finished { people, .. }) => tracing::warn!(people, "what was erased could not be overwritten yet"),
        Err(error) => tracing::error!(?error, "an erasure could not be finished"),
    }
}

/// How far it came.
struct Finished {
    people: usize,
    is_overwritten: bool,
}

async fn finish_all(app: &App) -> Result<Finished, ApiError> {
    let unfinished = app.store.unfinished_erasures().await?;
    if unfinished.is_empty() {
        return Ok(Finished { people: 0, is_overwritten: true });
    }
    let mut people = Vec::new();
    for (person, uploads) in unfinished {
        match remove_files(app, uploads).await {
            Ok(()) => people.push(person),
            // It holds up nobody else, and is tried again.
            Err(error) => tracing::error!(%person, ?error, "the files of somebody who was erased could not be removed"),
        }
    }
    let is_overwritten = app.store.overwrite_deleted().await?;
    if is_overwritten {
        app.store.finish_erasures(&people).await?;
    }
    Ok(Finished { people: people.len(), is_overwritten })
}

async fn remove_files(app: &App, uploads: Vec<UploadFiles>) -> Result<(), ApiError> {
    let Some(blobs) = &app.blobs else { return Ok(()) };
    for upload in uploads {
        let (files, id) = (blobs.clone(), upload.id);
        on_disk(move || files.remove_partial(id)).await?;
        if let Some((studio, hash)) = upload.finished {
            remove_if_unnamed(&app.store, blobs, studio, &hash).await?;
        }
    }
    Ok(())
}
