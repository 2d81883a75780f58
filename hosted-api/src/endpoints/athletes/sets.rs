//! `GET /v1/athletes/{id}/exercises/{exercise_id}/sets`: what an athlete did with an exercise, newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::{DoneSet, ExerciseId, UserId};

use super::Insight;
use crate::app::App;
use crate::http::{ApiError, Caller, Ids, PageSize, Params};
use crate::store::SetFilter;

/// How many sets are listed unless another number is asked for.
const DEFAULT_SIZE: u32 = 20;

/// How many sets.
#[derive(Deserialize)]
pub(crate) struct Filter {
    limit: Option<u32>,
}

/// An athlete's last sets of an exercise.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct SetList {
    /// The sets, newest first; within a session, the last one first.
    pub(crate) sets: Vec<DoneSet>,
}

/// List an athlete's last sets of an exercise
///
/// For the athlete, the trainer they are assigned to, and former trainers, who see those of sessions they led. An
/// exercise that the athlete never did, or that does not exist, has none.
#[utoipa::path(get, path = "/v1/athletes/{id}/exercises/{exercise_id}/sets", tag = "athletes",
    params(("id" = UserId, Path, description = "The athlete"),
           ("exercise_id" = ExerciseId, Path, description = "The exercise"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 20 if absent")),
    responses((status = 200, description = "The sets", body = SetList)))]
pub(crate) async fn list_sets(
    State(app): State<Arc<App>>,
    Ids((athlete, exercise)): Ids<(UserId, ExerciseId)>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<SetList>, ApiError> {
    let insight = Insight::of(&app, athlete, caller.account.id).await?;
    let size = PageSize::of(filter.limit, DEFAULT_SIZE)?;
    let filter = SetFilter { athlete, exercise, trainer: insight.led_by, working: false, limit: size.rows() };
    let mut sets = app.store.done_sets(&filter).await?;
    size.cut(&mut sets);
    Ok(Json(SetList { sets }))
}
