//! `GET /v1/athletes/{id}/stats`: what an athlete's sessions say, over some time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use training::progress::{exercises_of, stats};
use training::{ExerciseId, ProblemCode, Stats, Timestamp, UserId};

use super::Insight;
use crate::app::App;
use crate::clock;
use crate::http::{ApiError, Caller, Ids, Params};

/// The longest name of a time zone, in characters.
pub(crate) const MAX_TIME_ZONE_CHARS: usize = 64;

/// Which statistics.
#[derive(Deserialize)]
pub(crate) struct Filter {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    exercise_id: Option<ExerciseId>,
    timezone: Option<String>,
}

/// Read an athlete's statistics
///
/// For the athlete and the trainer they are assigned to. A former trainer has none: a series of what they led only would be
/// a wrong one. Warm-ups and drop sets count for history only, and so for nothing here but pain. A completed round counts
/// at once, also in a session that goes on.
#[utoipa::path(get, path = "/v1/athletes/{id}/stats", tag = "athletes",
    params(("id" = UserId, Path, description = "The athlete"),
           ("from" = Option<Timestamp>, Query, description = "Only sessions that began then or later, and weights since then"),
           ("to" = Option<Timestamp>, Query, description = "Only sessions that began, and weights, before"),
           ("exercise_id" = Option<ExerciseId>, Query,
            description = "Estimates, bests, volume and effort of this exercise alone"),
           ("timezone" = Option<String>, Query,
            description = "The time zone in which weeks begin on Monday, such as Europe/Berlin; the studio's if absent")),
    responses((status = 200, description = "The statistics", body = Stats)))]
pub(crate) async fn read_stats(
    State(app): State<Arc<App>>,
    Ids(athlete): Ids<UserId>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<Stats>, ApiError> {
    Insight::whole(&app, athlete, caller.account.id).await?;
    let Filter { from, to, exercise_id: only, timezone } = filter;
    let zone = clock::time_zone_named(timezone.as_deref().unwrap_or(&caller.account.studio.time_zone))
        .ok_or_else(|| ApiError::new(ProblemCode::InvalidParameter).detail("no time zone has this name"))?;
    let mut tx = app.store.read().await?;
    let facts = tx.facts(athlete, from, to).await?;
    let exercises: Vec<ExerciseId> = exercises_of(&facts, only).into_iter().collect();
    let library = tx.exercises_with(caller.account.studio.id, &exercises).await?;
    let weights = tx.weights_between(athlete, from, to).await?;
    Ok(Json(Stats { weights, ..stats(&facts, only, &library, &zone) }))
}
