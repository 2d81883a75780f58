//! `POST /v1/exercises/{id}/restore`: trainers and admins restore an archived exercise.

use std::sync::Arc;

use axum::extract::State;
use training::{Exercise, ExerciseId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, RestoreExercise, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// Restore an archived exercise
///
/// No change if it is not archived.
#[utoipa::path(post, path = "/v1/exercises/{id}/restore", tag = "exercises",
    params(("id" = ExerciseId, Path, description = "The exercise")),
    responses((status = 200, description = "The exercise, offered again", body = Exercise)))]
pub(crate) async fn restore_exercise(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ExerciseId>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, RestoreExercise(id)).await
}
