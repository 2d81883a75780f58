//! `GET /v1/videos/{id}/poster`: the bytes of a poster.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use training::{ProblemCode, VideoId};

use super::{KEEP, video};
use crate::app::App;
use crate::endpoints::uploads::blobs;
use crate::http::{ApiError, Caller, FileAnswer, Ids, answer_with_file};
use crate::openapi::FileBytes;

/// Download a video's poster
///
/// The picture to show before it plays; 404 when it has none.
#[utoipa::path(get, path = "/v1/videos/{id}/poster", tag = "videos",
    params(("id" = VideoId, Path, description = "The video"),
           ("Range" = Option<String>, Header, description = "A single range of bytes"),
           ("If-Range" = Option<String>, Header, description = "The tag of the partial download"),
           ("If-None-Match" = Option<String>, Header, description = "Tags of cached copies")),
    responses((status = 200, description = "All of it", content((FileBytes = "image/jpeg"), (FileBytes = "image/png"), (FileBytes = "image/webp"))),
              (status = 206, description = "The range", content((FileBytes = "image/jpeg"), (FileBytes = "image/png"), (FileBytes = "image/webp"))),
              (status = 304, description = "The cached copy is valid"),
              (status = 416, description = "It has no such range; without a body")))]
pub(crate) async fn download_poster(
    State(app): State<Arc<App>>,
    Ids(id): Ids<VideoId>,
    caller: Caller,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = video(&app, &caller, id).await?;
    let poster = row.poster.ok_or_else(|| ApiError::new(ProblemCode::NotFound))?;
    let answer = FileAnswer {
        path: &blobs(&app)?.path(caller.account.studio.id, &poster.hash),
        hash: &poster.hash,
        media_type: Some(&poster.media_type),
        caching: KEEP,
    };
    answer_with_file(answer, &method, &headers).await
}
