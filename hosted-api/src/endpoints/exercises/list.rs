//! `GET /v1/exercises`: the studio's exercise library.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::Exercise;

use crate::app::App;
use crate::http::{ApiError, Caller, Params};

/// Which exercises.
#[derive(Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    archived: bool,
}

/// The exercise library.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Library {
    /// The exercises by name.
    pub(crate) exercises: Vec<Exercise>,
}

/// List the exercises
///
/// Those of the caller's studio that are offered for new rounds, or with `archived=true` those that no longer are.
#[utoipa::path(get, path = "/v1/exercises", tag = "exercises",
    params(("archived" = Option<bool>, Query, description = "List archived exercises instead; false if absent")),
    responses((status = 200, description = "The library", body = Library)))]
pub(crate) async fn list_exercises(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<Library>, ApiError> {
    let mut exercises = app.store.exercises(caller.account.studio.id).await?;
    exercises.retain(|exercise| exercise.archived == filter.archived);
    Ok(Json(Library { exercises }))
}
