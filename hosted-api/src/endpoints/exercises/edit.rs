//! `PUT /v1/exercises/{id}`: trainers and admins edit an exercise.

use std::sync::Arc;

use axum::extract::State;
use training::library::ExerciseDraft;
use training::{Exercise, ExerciseId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, EditExercise, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Edit an exercise
///
/// Rounds that have it keep the name and the fields they were saved with. With
/// `If-Match: "0"` a deleted exercise is recreated under its id.
#[utoipa::path(put, path = "/v1/exercises/{id}", tag = "exercises",
    params(("id" = ExerciseId, Path, description = "The exercise"),
           ("If-Match" = String, Header, description = "The version the edit is based on: `\"<version>\"`")),
    request_body = ExerciseDraft,
    responses((status = 200, description = "The exercise", body = Exercise),
              (status = 201, description = "The exercise, recreated", body = Exercise)))]
pub(crate) async fn edit_exercise(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ExerciseId>,
    version: IfMatch,
    request: CommandRequest<Required<ExerciseDraft>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(draft) } = request;
    run(&app, CommandContext { caller, key }, EditExercise(id, version, draft)).await
}
