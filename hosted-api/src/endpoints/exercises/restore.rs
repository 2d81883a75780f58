//! `POST /v1/exercises/{id}/restore`: trainers and admins put an archived exercise back into the library.

use std::sync::Arc;

use axum::extract::State;
use training::{Exercise, ExerciseId};

use crate::app::App;
use crate::commands::{Answered, By, RestoreExercise, run};
use crate::http::{Act, ApiError, Ids, Nothing, Optional};

/// Restore an archived exercise
///
/// One that is not archived stays as it is.
#[utoipa::path(post, path = "/v1/exercises/{id}/restore", tag = "exercises",
    params(("id" = ExerciseId, Path, description = "The exercise")),
    responses((status = 200, description = "The exercise, offered again", body = Exercise)))]
pub(crate) async fn restore_exercise(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ExerciseId>,
    act: Act<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, .. } = act;
    caller.must_be_staff()?;
    run(&app, By { caller, key }, RestoreExercise(id)).await
}
