//! `GET /v1/exercises/{id}`: an exercise, and what uses it.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{AppendHeaders, IntoResponse};
use tokio::time::timeout;
use training::library::ExerciseDetails;
use training::{ExerciseId, ProblemCode};

use crate::app::App;
use crate::http::{ApiError, Caller, Ids, etag};

/// How long a question may wait for its turn.
const SEARCH_WITHIN: Duration = Duration::from_secs(2);

/// Read an exercise
///
/// Archived ones too, with how many rounds and templates of the studio use it.
#[utoipa::path(get, path = "/v1/exercises/{id}", tag = "exercises",
    params(("id" = ExerciseId, Path, description = "The exercise")),
    responses((status = 200, description = "The exercise", body = ExerciseDetails)))]
pub(crate) async fn read_exercise(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<ExerciseId>,
) -> Result<impl IntoResponse, ApiError> {
    caller.must_be_staff()?;
    // Each looks through the studio's sessions, on one of the few connections for reading.
    let permit = timeout(SEARCH_WITHIN, app.searches.acquire()).await.map_err(|_| ApiError::busy())?;
    let _permit = permit.map_err(ApiError::internal)?;
    let mut tx = app.store.read().await?;
    let studio = caller.account.studio.id;
    let exercise = tx.exercise(studio, id).await?.ok_or(ApiError::new(ProblemCode::NotFound))?;
    let used_in = tx.exercise_use(studio, id).await?;
    Ok((AppendHeaders([(ETAG, etag(exercise.version))]), Json(ExerciseDetails { exercise, used_in })))
}
