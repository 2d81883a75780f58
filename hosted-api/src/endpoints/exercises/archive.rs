//! `DELETE /v1/exercises/{id}`: trainers and admins take an exercise out of the library.

use std::sync::Arc;

use axum::extract::State;
use training::{Exercise, ExerciseId};

use crate::app::App;
use crate::commands::{Answered, ArchiveExercise, By, run};
use crate::http::{Act, ApiError, Ids, IfMatch, Nothing, Optional};

/// Delete or archive an exercise
///
/// One that no round has is gone. Otherwise it is archived: rounds keep it, and it is no longer offered.
#[utoipa::path(delete, path = "/v1/exercises/{id}", tag = "exercises",
    params(("id" = ExerciseId, Path, description = "The exercise"),
           ("If-Match" = String, Header, description = "The version the act is based on: `\"<version>\"`")),
    responses((status = 200, description = "The exercise, archived", body = Exercise),
              (status = 204, description = "It is gone")))]
pub(crate) async fn archive_exercise(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ExerciseId>,
    version: IfMatch,
    act: Act<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, .. } = act;
    caller.must_be_staff()?;
    run(&app, By { caller, key }, ArchiveExercise(id, version)).await
}
