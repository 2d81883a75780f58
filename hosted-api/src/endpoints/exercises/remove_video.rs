//! `DELETE /v1/exercises/{id}/video`: trainers and admins remove an exercise's video.

use std::sync::Arc;

use axum::extract::State;
use training::{Exercise, ExerciseId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, RemoveVideo, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Nothing, Optional};

/// Remove an exercise's video
///
/// Rounds keep the one they were planned with. Nothing changes if the exercise has none.
#[utoipa::path(delete, path = "/v1/exercises/{id}/video", tag = "exercises",
    params(("id" = ExerciseId, Path, description = "The exercise"),
           ("If-Match" = String, Header, description = "The version the command is based on: `\"<version>\"`")),
    responses((status = 200, description = "The exercise", body = Exercise)))]
pub(crate) async fn remove_exercise_video(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ExerciseId>,
    version: IfMatch,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, RemoveVideo(id, version)).await
}
