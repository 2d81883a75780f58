//! `GET /v1/uploads/{id}`, and `HEAD`: how far an upload is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::UploadId;
use training::library::Upload;

use super::append::UPLOAD_OFFSET;
use super::{blobs, own_upload};
use crate::app::App;
use crate::blobs::offset;
use crate::http::{ApiError, Caller, Ids};

/// Read how far an upload is
///
/// `HEAD` says it too, by the header `Upload-Offset` alone. The next bytes are sent from there.
#[utoipa::path(get, path = "/v1/uploads/{id}", tag = "videos",
    params(("id" = UploadId, Path, description = "The upload")),
    responses((status = 200, description = "The upload", body = Upload,
               headers(("Upload-Offset" = u64, description = "How many bytes the server has")))))]
pub(crate) async fn read_upload(
    State(app): State<Arc<App>>,
    Ids(id): Ids<UploadId>,
    caller: Caller,
) -> Result<([(&'static str, String); 1], Json<Upload>), ApiError> {
    let upload = own_upload(&app, &caller, id).await?;
    let offset = offset(blobs(&app)?, &upload).await?;
    let answer = Upload { id, size_bytes: upload.size_bytes, offset, complete: upload.complete };
    Ok(([(UPLOAD_OFFSET, offset.to_string())], Json(answer)))
}
