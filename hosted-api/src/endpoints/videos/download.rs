//! `GET /v1/videos/{id}`: the bytes of a video.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use training::VideoId;

use super::{KEEP, video};
use crate::app::App;
use crate::endpoints::uploads::blobs;
use crate::http::{ApiError, Caller, FileAnswer, Ids, answer_with_file};
use crate::openapi::FileBytes;

/// Download a video
///
/// As a whole or, with `Range`, in parts. The tag for `If-Range` and `If-None-Match` is the hash of its bytes.
#[utoipa::path(get, path = "/v1/videos/{id}", tag = "videos",
    params(("id" = VideoId, Path, description = "The video"),
           ("Range" = Option<String>, Header, description = "A single range of bytes"),
           ("If-Range" = Option<String>, Header, description = "The tag of the partial download"),
           ("If-None-Match" = Option<String>, Header, description = "Tags of cached copies")),
    responses((status = 200, description = "All of it", content((FileBytes = "video/mp4"), (FileBytes = "video/quicktime"), (FileBytes = "video/webm"))),
              (status = 206, description = "The range", content((FileBytes = "video/mp4"), (FileBytes = "video/quicktime"), (FileBytes = "video/webm"))),
              (status = 304, description = "The cached copy is valid"),
              (status = 416, description = "It has no such range; without a body")))]
pub(crate) async fn download_video(
    State(app): State<Arc<App>>,
    Ids(id): Ids<VideoId>,
    caller: Caller,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = video(&app, &caller, id).await?;
    let answer = FileAnswer {
        path: &blobs(&app)?.path(caller.account.studio.id, &row.hash),
        hash: &row.hash,
        media_type: Some(&row.video.media_type),
        caching: KEEP,
    };
    answer_with_file(answer, &method, &headers).await
}
