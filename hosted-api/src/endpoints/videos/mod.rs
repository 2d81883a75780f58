//! Videos and their posters, to be shown.

pub(crate) mod download;
pub(crate) mod poster;

use axum::http::HeaderValue;
use training::{ProblemCode, VideoId};

use crate::app::App;
use crate::http::{ApiError, Caller};
use crate::store::VideoRow;

/// A video never changes under its id, and only whoever asked may keep it.
const KEEP: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// A video of the caller's studio. Another studio's does not exist for them.
async fn video(app: &App, caller: &Caller, id: VideoId) -> Result<VideoRow, ApiError> {
    let video = app.store.video(caller.account.studio.id, id).await?;
    video.ok_or_else(|| ApiError::new(ProblemCode::NotFound))
}
