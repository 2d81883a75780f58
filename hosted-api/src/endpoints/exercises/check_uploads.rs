//! The uploads of a video and its poster, looked into before the command that gives them to an exercise: that takes too
//! long for a transaction.

use std::sync::Arc;

use training::library::{SetVideo, VideoLimits};
use training::{FieldCode, Findings, ProblemCode, UploadId};

use crate::app::App;
use crate::blobs::{Blobs, complete, offset, on_disk};
use crate::commands::{CheckedVideo, CommandError};
use crate::http::{ApiError, Caller};
use crate::store::UploadRow;
use crate::videos::{NotAVideo, inspect, picture_type};

/// Looks into the uploads that are to become an exercise's video.
pub(super) async fn check_uploads(
    app: &Arc<App>,
    caller: &Caller,
    body: &SetVideo,
) -> Result<CheckedVideo, CommandError> {
    let blobs = app.blobs.as_ref().ok_or_else(|| ApiError::new(ProblemCode::StorageFull))?;
    let mut findings = Findings::default();
    let upload = find(app, blobs, caller, "/upload_id", Some(body.upload_id), &mut findings).await?;
    let poster = find(app, blobs, caller, "/poster_upload_id", body.poster_upload_id, &mut findings).await?;
    findings.into_result()?;
    let Some(upload) = upload else { return Err(ApiError::new(ProblemCode::UploadIncomplete).into()) };
    // Two at a time: each may take a second of a processor.
    let _permit = app.inspections.acquire().await.map_err(ApiError::internal)?;
    let path = blobs.path(upload.studio, &upload.hash);
    let facts = match on_disk(move || inspect(&path)).await? {
        Ok(facts) => facts,
        Err(error) => {
            if !matches!(error, NotAVideo::Unreadable(_)) {
                // They can never be used, and would count against the limit of open uploads.
                for refused in [Some(&upload), poster.as_ref()].into_iter().flatten() {
                    app.store.discard_upload(refused.id).await?;
                }
            }
            return Err(refused(error).into());
        }
    };
    let poster = match poster {
        Some(poster) => {
            let (path, size) = (blobs.path(poster.studio, &poster.hash), poster.size_bytes);
            let media_type = on_disk(move || picture_type(&path)).await?.map_err(ApiError::file)?;
            let media_type = media_type.filter(|_| size <= VideoLimits::MAX_POSTER_BYTES);
            Some((poster, media_type.ok_or_else(|| ApiError::new(ProblemCode::NotAPicture))?))
        }
        None => None,
    };
    Ok(CheckedVideo { upload, facts, poster })
}

/// The caller's upload, complete. One whose bytes are all there is completed, should a crash have come between.
async fn find(
    app: &App,
    blobs: &Blobs,
    caller: &Caller,
    pointer: &str,
    id: Option<UploadId>,
    findings: &mut Findings,
) -> Result<Option<UploadRow>, CommandError> {
    let Some(id) = id else { return Ok(None) };
    let Some(upload) = app.store.upload(caller.account.id, id).await? else {
        findings.add_mismatch(pointer, FieldCode::UnknownReference);
        return Ok(None);
    };
    if !upload.complete {
        if offset(blobs, &upload).await? < upload.size_bytes {
            return Err(ApiError::new(ProblemCode::UploadIncomplete).into());
        }
        complete(app, blobs, &upload).await?;
    }
    Ok(Some(upload))
}

fn refused(error: NotAVideo) -> ApiError {
    match error {
        NotAVideo::Unreadable(error) => ApiError::file(error),
        other => ApiError::new(ProblemCode::NotAVideo).detail(other.to_string()),
    }
}
