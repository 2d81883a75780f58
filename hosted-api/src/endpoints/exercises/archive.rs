//! `DELETE /v1/exercises/{id}`: trainers and admins delete or archive an exercise.

use std::sync::Arc;

use axum::extract::State;
use training::{Exercise, ExerciseId};

use crate::app::App;
use crate::commands::{Answered, ArchiveExercise, CommandContext, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Nothing, Optional};

/// Delete or archive an exercise
///
/// An exercise that no round and no template uses is deleted. Otherwise it is archived: they keep it, and it is no longer
/// offered.
#[utoipa::path(delete, path = "/v1/exercises/{id}", tag = "exercises",
    params(("id" = ExerciseId, Path, description = "The exercise"),
           ("If-Match" = String, Header, description = "The version the command is based on: `\"<version>\"`")),
    responses((status = 200, description = "The exercise, archived", body = Exercise),
              (status = 204, description = "The exercise was deleted")))]
pub(crate) async fn archive_exercise(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ExerciseId>,
    version: IfMatch,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, ArchiveExercise(id, version)).await
}
