//! `POST /v1/exercises`: trainers and admins add to the studio's library.

use std::sync::Arc;

use axum::extract::State;
use training::Exercise;
use training::library::ExerciseDraft;

use crate::app::App;
use crate::commands::{Answered, By, CreateExercise, run};
use crate::http::{Act, ApiError, Required};

/// Create an exercise
///
/// Its name is unlike that of any other exercise of the studio, without regard to case; archived ones count.
#[utoipa::path(post, path = "/v1/exercises", tag = "exercises",
    request_body = ExerciseDraft,
    responses((status = 201, description = "The exercise", body = Exercise)))]
pub(crate) async fn create_exercise(
    State(app): State<Arc<App>>,
    act: Act<Required<ExerciseDraft>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, body: Required(draft) } = act;
    caller.must_be_staff()?;
    run(&app, By { caller, key }, CreateExercise(draft)).await
}
