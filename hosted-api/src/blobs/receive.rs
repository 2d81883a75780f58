//! Receives the bytes of an upload and, once they are all there, makes a file of them.
//!
//! The offset of an upload is a number in its row, which is written only after the bytes before it are on the disk. A
//! request that begins to add takes the upload over from one that is still adding: that one's connection is often dead
//! without anybody knowing. The earlier one notices when it wants to write the offset, and has lost.

use std::sync::Arc;

use axum::body::Body;
use training::ProblemCode;
use uuid::Uuid;

use super::{Blobs, NotStaged, PartialFile, on_disk};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::http::{ApiError, BodyEnd, BodyStream};
use crate::store::UploadRow;

/// The offset is written at least once in so many bytes.
const CHECKPOINT: u64 = 4 * 1024 * 1024;

/// How many bytes of an upload are here: never more than are on the disk.
pub(crate) async fn offset(blobs: &Blobs, upload: &UploadRow) -> Result<u64, ApiError> {
    if upload.complete {
        return Ok(upload.size_bytes);
    }
    let (blobs, id) = (blobs.clone(), upload.id);
    let on_disk = on_disk(move || blobs.partial_size(id)).await?.map_err(ApiError::file)?;
    Ok(upload.received.min(on_disk))
}

/// Adds a body to an upload at its offset; returns the new offset.
///
/// Runs in its own task: what came is written also when the client disconnects.
pub(crate) async fn receive(
    app: &Arc<App>,
    blobs: &Blobs,
    upload: UploadRow,
    offset: u64,
    body: Body,
) -> Result<u64, ApiError> {
    let (app, blobs) = (Arc::clone(app), blobs.clone());
    run_to_completion(async move {
        let mut stream = app.bodies.stream(body)?;
        match append(&app, &blobs, &upload, offset, &mut stream).await {
            Ok((BodyEnd::Whole, offset)) => {
                if offset == upload.size_bytes {
                    complete(&app, &blobs, &upload).await?;
                }
                Ok(offset)
            }
            Ok((BodyEnd::TooSlow, _)) => Err(ApiError::new(ProblemCode::Timeout)),
            // Nobody reads this answer.
            Ok((BodyEnd::Disconnected, _)) => {
                Err(ApiError::new(ProblemCode::MalformedJson).detail("the body ended early"))
            }
            Err(error) => {
                stream.discard().await;
                Err(error)
            }
        }
    })
    .await
}

/// Adds what comes to an upload; returns why nothing more comes, and the new offset.
async fn append(
    app: &App,
    blobs: &Blobs,
    upload: &UploadRow,
    offset: u64,
    stream: &mut BodyStream,
) -> Result<(BodyEnd, u64), ApiError> {
    let (files, left) = (blobs.clone(), upload.size_bytes - offset);
    if !on_disk(move || files.has_room(left)).await?.map_err(ApiError::file)? {
        return Err(ApiError::new(ProblemCode::StorageFull));
    }
    let writer = Uuid::now_v7().to_string();
    if !app.store.begin_append(upload, offset, &writer, clock::now()).await? {
        return Err(ApiError::new(ProblemCode::WrongOffset));
    }
    let mut append = Append { app, upload, writer: &writer, durable: offset, file: None };
    let end = append.all_of(blobs, stream).await?;
    Ok((end, append.durable))
}

/// A request that adds to an upload.
struct Append<'a> {
    app: &'a App,
    upload: &'a UploadRow,
    writer: &'a str,
    /// How far it is on the disk, and in the row.
    durable: u64,
    file: Option<PartialFile>,
}

impl Append<'_> {
    /// Writes everything that comes.
    async fn all_of(&mut self, blobs: &Blobs, stream: &mut BodyStream) -> Result<BodyEnd, ApiError> {
        let mut written = self.durable;
        loop {
            let piece = stream.next().await;
            let after = written + piece.bytes.len() as u64;
            if after > self.upload.size_bytes {
                return Err(ApiError::new(ProblemCode::UploadTooLarge).detail("more bytes came than were announced"));
            }
            if !piece.bytes.is_empty() {
                let is_due = piece.end.is_some() || after - self.durable >= CHECKPOINT;
                self.write(blobs, piece.bytes, written, is_due).await?;
                written = after;
                if is_due {
                    self.record(written).await?;
                }
            } else if piece.end.is_some() && written > self.durable {
                self.write(blobs, Vec::new(), written, true).await?;
                self.record(written).await?;
            }
            if let Some(end) = piece.end {
                return Ok(end);
            }
        }
    }

    async fn write(&mut self, blobs: &Blobs, bytes: Vec<u8>, at: u64, sync: bool) -> Result<(), ApiError> {
        let (file, blobs, upload) = (self.file.take(), blobs.clone(), self.upload.id);
        let written = on_disk(move || {
            let mut file = file.map_or_else(|| blobs.open_partial(upload, at), Ok)?;
            file.write(&bytes)?;
            if sync {
                file.sync()?;
            }
            Ok(file)
        });
        self.file = Some(written.await?.map_err(ApiError::file)?);
        Ok(())
    }

    async fn record(&mut self, offset: u64) -> Result<(), ApiError> {
        if !self.app.store.record_received(self.upload.id, self.writer, offset, clock::now()).await? {
            return Err(ApiError::new(ProblemCode::WrongOffset).detail("another request adds to the upload"));
        }
        self.durable = offset;
        Ok(())
    }
}

/// Makes a file of an upload whose bytes are all there. What has another hash is discarded.
pub(crate) async fn complete(app: &App, blobs: &Blobs, upload: &UploadRow) -> Result<(), ApiError> {
    let UploadRow { id, studio, size_bytes, .. } = *upload;
    let (files, hash) = (blobs.clone(), upload.hash.clone());
    let staged = match on_disk(move || files.stage(id, studio, &hash, size_bytes)).await? {
        Ok(staged) => staged,
        Err(NotStaged::WrongHash) => {
            app.store.discard_upload(id).await?;
            let files = blobs.clone();
            on_disk(move || files.remove_partial(id)).await?;
            return Err(ApiError::new(ProblemCode::WrongHash));
        }
        // Bytes that were on the disk are gone: the client asks for the offset, and sends them again.
        Err(NotStaged::TooShort) => return Err(ApiError::new(ProblemCode::WrongOffset)),
        Err(NotStaged::Failed(error)) => return Err(ApiError::file(error)),
    };
    let mut tx = app.store.write().await?;
    // Whoever removes files holds this lock, too.
    tx.lock_studio(studio).await?;
    if tx.complete_upload(upload).await? {
        on_disk(move || staged.publish()).await?.map_err(ApiError::file)?;
        tx.commit().await?;
    }
    let files = blobs.clone();
    on_disk(move || files.remove_partial(id)).await
}
