//! `DELETE /v1/uploads/{id}`: its owner ends an upload that they don't go on with.

use std::sync::Arc;

use axum::extract::State;
use training::UploadId;

use super::blobs;
use crate::app::App;
use crate::blobs::remove_if_unnamed;
use crate::commands::{Answered, CommandContext, EndUpload, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// End an upload
///
/// What came of it is removed, and it no longer counts among the caller's uploads. A video that an exercise has stays as
/// it is.
#[utoipa::path(delete, path = "/v1/uploads/{id}", tag = "videos",
    params(("id" = UploadId, Path, description = "The upload")),
    responses((status = 204, description = "The upload was ended")))]
pub(crate) async fn end_upload(
    State(app): State<Arc<App>>,
    Ids(id): Ids<UploadId>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    let blobs = blobs(&app)?.clone();
    let upload = app.store.upload(caller.account.id, id).await?;
    let command = EndUpload { id, blobs: blobs.clone() };
    let answered = run(&app, CommandContext { caller, key }, command).await?;
    // What it became is nobody's, unless something else names it. If this is not reached, maintenance removes it.
    if let Some(upload) = upload.filter(|upload| upload.complete)
        && let Err(error) = remove_if_unnamed(&app.store, &blobs, upload.studio, &upload.hash).await
    {
        tracing::warn!(?error, "the file of an ended upload was not removed");
    }
    Ok(answered)
}
