//! `POST /v1/exercises`: trainers and admins add to the studio's library.

use std::sync::Arc;

use axum::extract::State;
use training::Exercise;
use training::library::ExerciseDraft;

use crate::app::App;
use crate::commands::{Answered, CommandContext, CreateExercise, run};
use crate::http::{ApiError, CommandRequest, Required};

/// Create an exercise
///
/// Its name must differ from that of every other exercise of the studio, ignoring case; archived ones count.
#[utoipa::path(post, path = "/v1/exercises", tag = "exercises",
    request_body = ExerciseDraft,
    responses((status = 201, description = "The exercise", body = Exercise)))]
pub(crate) async fn create_exercise(
    State(app): State<Arc<App>>,
    request: CommandRequest<Required<ExerciseDraft>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(draft) } = request;
    run(&app, CommandContext { caller, key }, CreateExercise(draft)).await
}
