//! Beginning an upload, and ending one.

use std::time::Duration;

use training::library::{StartUpload, StartedUpload};
use training::{PersonLimits, ProblemCode, Refusal, UploadId};
use uuid::Uuid;

use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::blobs::{Blobs, on_disk};
use crate::clock;
use crate::http::{ApiError, Caller};
use crate::store::Tx;

/// A person who has as many uploads as they may have loses those that nothing was added to for so long.
const IDLE: Duration = Duration::from_hours(24);

/// How often the bytes are on the disk at once: what has come, and the file that is made of it.
const COPIES: u64 = 2;

/// Begins an upload, which is complete at once if the studio has the bytes.
pub(crate) struct BeginUpload {
    pub(crate) upload: StartUpload,
    pub(crate) blobs: Blobs,
}

impl Command for BeginUpload {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be_staff()
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self { upload, blobs } = self;
        upload.check()?;
        if upload.is_too_large() {
            return Err(ApiError::new(ProblemCode::UploadTooLarge).into());
        }
        let (person, studio, now) = (context.caller.account.id, context.caller.account.studio.id, clock::now());
        // So that nobody removes the file meanwhile, and nobody has more uploads than they may have.
        tx.lock_studio(studio).await?;
        if tx.count_uploads(person).await? >= PersonLimits::UPLOADS {
            tx.delete_idle_uploads(person, clock::before(now, IDLE)).await?;
        }
        if tx.count_uploads(person).await? >= PersonLimits::UPLOADS {
            return Err(ApiError::new(ProblemCode::TooManyUploads).into());
        }
        let (files, needed) = (blobs.clone(), upload.size_bytes.saturating_mul(COPIES));
        if !on_disk(move || files.has_room(needed)).await?.map_err(ApiError::file)? {
            return Err(ApiError::new(ProblemCode::StorageFull).into());
        }
        let mut id = UploadId(context.new_id());
        if tx.upload_id_exists(id).await? {
            // Only happens if a client chose its key to collide.
            id = UploadId(Uuid::now_v7());
        }
        let (hash, size) = (upload.sha256.clone(), upload.size_bytes);
        let complete =
            tx.has_blob(studio, &hash, size).await? && on_disk(move || blobs.has(studio, &hash, size)).await?;
        tx.add_upload(id, (studio, person), &upload, complete, now).await?;
        let started = StartedUpload { id, offset: (!complete).then_some(0), complete };
        Ok(Outcome::new(Answer::created(&started, None)?, EventsByPerson::default()))
    }
}

/// Ends an upload of the caller.
pub(crate) struct EndUpload {
    pub(crate) id: UploadId,
    pub(crate) blobs: Blobs,
}

impl Command for EndUpload {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be_staff()
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self { id, blobs } = self;
        let upload = tx.upload(context.caller.account.id, id).await?.ok_or(Refusal::NotFound)?;
        tx.delete_upload(upload.id).await?;
        // Should the row stay after all, its bytes are sent again. Who still adds to it has lost the row, and stops.
        on_disk(move || blobs.remove_partial(id)).await?;
        Ok(Outcome::new(Answer::gone(), EventsByPerson::default()))
    }
}
