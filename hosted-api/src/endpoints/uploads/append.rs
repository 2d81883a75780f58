//! `PATCH /v1/uploads/{id}`: adds bytes to an upload.
//!
//! 409 `wrong-offset` unless the offset is the upload's, or when another request takes the upload over meanwhile. 413
//! `upload-too-large` for more bytes than were announced. 422 `wrong-hash` when they are all there and are others than
//! were announced: the upload is discarded. 408 when they come too slowly: what came is kept. 507 `storage-full`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use training::{ProblemCode, UploadId};

use super::{blobs, own_upload};
use crate::app::App;
use crate::blobs::{Blobs, complete, offset, receive};
use crate::http::{ApiError, Caller, Ids};
use crate::openapi::FileBytes;
use crate::store::UploadRow;

/// The header that says how many bytes the server has.
pub(crate) const UPLOAD_OFFSET: &str = "upload-offset";

const MEDIA_TYPE: &str = "application/offset+octet-stream";

/// Add bytes to an upload
///
/// What arrives within 30 seconds is kept, also when the connection breaks: ask for the offset with `HEAD` and go on from
/// there. With the last byte their hash is checked. A request takes the upload over from one that is still adding to it.
#[utoipa::path(patch, path = "/v1/uploads/{id}", tag = "videos",
    params(("id" = UploadId, Path, description = "The upload"),
           ("Upload-Offset" = u64, Header, description = "Where the bytes belong: how many the server has")),
    request_body(content = FileBytes, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "They were added",
               headers(("Upload-Offset" = u64, description = "How many bytes the server has now")))))]
pub(crate) async fn append_to_upload(
    State(app): State<Arc<App>>,
    Ids(id): Ids<UploadId>,
    caller: Caller,
    request: Request,
) -> Result<Response, ApiError> {
    let blobs = blobs(&app)?;
    let (parts, body) = request.into_parts();
    let (upload, known) = match check(&app, blobs, &caller, id, &parts.headers).await {
        Ok(checked) => checked,
        Err(refusal) => {
            app.bodies.discard(body).await;
            return Ok(refusal);
        }
    };
    let now = if upload.complete {
        known
    } else if known == upload.size_bytes {
        complete(&app, blobs, &upload).await?;
        known
    } else {
        receive(&app, blobs, upload, known, body).await?
    };
    Ok((StatusCode::NO_CONTENT, [(UPLOAD_OFFSET, now.to_string())]).into_response())
}

/// The upload and its offset, if a request with these headers may add to it.
async fn check(
    app: &App,
    blobs: &Blobs,
    caller: &Caller,
    id: UploadId,
    headers: &HeaderMap,
) -> Result<(UploadRow, u64), Response> {
    let refused = |error: ApiError| error.into_response();
    let upload = own_upload(app, caller, id).await.map_err(refused)?;
    if text(headers, CONTENT_TYPE.as_str()).is_none_or(|kind| !kind.eq_ignore_ascii_case(MEDIA_TYPE)) {
        let expected = format!("send the bytes with Content-Type: {MEDIA_TYPE}");
        return Err(refused(ApiError::new(ProblemCode::UnsupportedMediaType).detail(expected)));
    }
    let from: Option<u64> = text(headers, UPLOAD_OFFSET).and_then(|offset| offset.parse().ok());
    let from = from.ok_or_else(|| {
        let expected = "Upload-Offset is the number of bytes that the server has";
        refused(ApiError::new(ProblemCode::InvalidParameter).detail(expected))
    })?;
    let known = offset(blobs, &upload).await.map_err(refused)?;
    if from != known {
        let error = ApiError::new(ProblemCode::WrongOffset);
        return Err(([(UPLOAD_OFFSET, known.to_string())], error).into_response());
    }
    let announced: u64 = text(headers, CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok()).unwrap_or(0);
    if announced > upload.size_bytes - known {
        let error = ApiError::new(ProblemCode::UploadTooLarge);
        return Err(refused(error.detail("these are more bytes than were announced")));
    }
    Ok((upload, known))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}
