//! `GET /v1/exercises/{id}`: an exercise, and what uses it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{AppendHeaders, IntoResponse};
use training::library::ExerciseDetails;
use training::{ExerciseId, ProblemCode};

use crate::app::App;
use crate::http::{ApiError, Caller, Ids, etag};

/// Read an exercise
///
/// Archived ones too, with how many rounds of the studio use it.
#[utoipa::path(get, path = "/v1/exercises/{id}", tag = "exercises",
    params(("id" = ExerciseId, Path, description = "The exercise")),
    responses((status = 200, description = "The exercise", body = ExerciseDetails)))]
pub(crate) async fn read_exercise(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<ExerciseId>,
) -> Result<impl IntoResponse, ApiError> {
    caller.must_be_staff()?;
    let mut tx = app.store.read().await?;
    let studio = caller.account.studio.id;
    let exercise = tx.exercise(studio, id).await?.ok_or(ApiError::new(ProblemCode::NotFound))?;
    let used_in = tx.exercise_use(studio, id).await?;
    Ok((AppendHeaders([(ETAG, etag(exercise.version))]), Json(ExerciseDetails { exercise, used_in })))
}
