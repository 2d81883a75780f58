//! `PUT /v1/exercises/{id}/video`: trainers and admins give an exercise another video.
//!
//! 415 `not-a-video` or `not-a-picture` when the uploads have no content of that kind. 409 `upload-incomplete`. 422 with
//! `unknown-reference` for an upload that is not the caller's, or was used before.

use std::sync::Arc;

use axum::extract::State;
use training::library::SetVideo as Body;
use training::{Exercise, ExerciseId};

use super::check_uploads::check_uploads;
use crate::app::App;
use crate::commands::{Answered, CommandContext, SetVideo, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Set an exercise's video
///
/// The content of the uploads is checked: an MP4, MOV or `WebM` file with a picture, of at most ten minutes, and a JPEG,
/// PNG or `WebP` picture. The exercise has its video so far until the new one takes its place. Rounds keep the one they were
/// planned with.
#[utoipa::path(put, path = "/v1/exercises/{id}/video", tag = "exercises",
    params(("id" = ExerciseId, Path, description = "The exercise"),
           ("If-Match" = String, Header, description = "The version the command is based on: `\"<version>\"`")),
    request_body = Body,
    responses((status = 200, description = "The exercise", body = Exercise)))]
pub(crate) async fn set_exercise_video(
    State(app): State<Arc<App>>,
    Ids(exercise): Ids<ExerciseId>,
    version: IfMatch,
    request: CommandRequest<Required<Body>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(body) } = request;
    caller.must_be_staff()?;
    let video = check_uploads(&app, &caller, &body).await;
    run(&app, CommandContext { caller, key }, SetVideo { exercise, version, video }).await
}
