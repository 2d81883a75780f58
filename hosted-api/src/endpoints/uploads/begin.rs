//! `POST /v1/uploads`: trainers and admins begin an upload.
//!
//! 413 `upload-too-large` when the file is larger than one of its kind may be. 409 `too-many-uploads` when the caller has
//! begun too many.

use std::sync::Arc;

use axum::extract::State;
use training::library::{StartUpload, StartedUpload};

use super::blobs;
use crate::app::App;
use crate::commands::{Answered, BeginUpload, CommandContext, run};
use crate::http::{ApiError, CommandRequest, Required};

/// Begin an upload
///
/// Its bytes are sent with `PATCH`, from offset 0 on. If the studio has these bytes already, the upload is `complete` and
/// needs none. An upload that no exercise uses is forgotten a week after anything was last added to it. A person has at
/// most 20 of them; one more takes the place of those that nothing was added to for a day.
#[utoipa::path(post, path = "/v1/uploads", tag = "videos",
    request_body = StartUpload,
    responses((status = 201, description = "The upload", body = StartedUpload)))]
pub(crate) async fn begin_upload(
    State(app): State<Arc<App>>,
    request: CommandRequest<Required<StartUpload>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(upload) } = request;
    let command = BeginUpload { upload, blobs: blobs(&app)?.clone() };
    run(&app, CommandContext { caller, key }, command).await
}
