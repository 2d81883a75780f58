//! `GET /v1/athletes/{id}/sessions`: an athlete's sessions, newest first, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::{ExerciseId, Part, SessionId, SessionSummary, Timestamp, UserId};

use super::Insight;
use crate::app::App;
use crate::http::{ApiError, Caller, Ids, PageSize, Params};
use crate::store::{Page, PageOf, StatusFilter};

/// How many sessions a page has unless another number is asked for.
const DEFAULT_SIZE: u32 = 20;

/// Which sessions.
#[derive(Deserialize)]
pub(crate) struct Filter {
    status: Option<StatusFilter>,
    limit: Option<u32>,
    before: Option<SessionId>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    exercise_id: Option<ExerciseId>,
}

/// A page of an athlete's sessions.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct AthleteSessionPage {
    /// The sessions, newest first.
    pub(crate) sessions: Vec<SessionSummary>,
    /// Where the next page begins, for `before`; null on the last.
    pub(crate) next: Option<SessionId>,
}

/// List an athlete's sessions
///
/// For the athlete, the trainer they are assigned to, and former trainers, who see those they led.
#[utoipa::path(get, path = "/v1/athletes/{id}/sessions", tag = "athletes",
    params(("id" = UserId, Path, description = "The athlete"),
           ("status" = inline(Option<StatusFilter>), Query, description = "Only open or only ended ones"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 20 if absent"),
           ("before" = Option<SessionId>, Query, description = "Only those before this one: `next` of the last page"),
           ("from" = Option<Timestamp>, Query, description = "Only those that began then or later"),
           ("to" = Option<Timestamp>, Query, description = "Only those that began before"),
           ("exercise_id" = Option<ExerciseId>, Query, description = "Only those in which this exercise was done")),
    responses((status = 200, description = "A page", body = AthleteSessionPage)))]
pub(crate) async fn list_athlete_sessions(
    State(app): State<Arc<App>>,
    Ids(athlete): Ids<UserId>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<AthleteSessionPage>, ApiError> {
    let insight = Insight::of(&app, athlete, caller.account.id).await?;
    let size = PageSize::of(filter.limit, DEFAULT_SIZE)?;
    let Filter { status, before, from, to, exercise_id: exercise, .. } = filter;
    let page = Page { status, before, limit: size.rows() };
    let mut rows =
        app.store.sessions_of(&PageOf { athlete, trainer: insight.led_by, exercise, from, to, page }).await?;
    let next = size.cut(&mut rows).map(|row| row.session.id);
    let part = if caller.account.id == athlete { Part::Athlete } else { Part::Trainer };
    let sessions = rows.into_iter().map(|row| row.session.summary(part)).collect();
    Ok(Json(AthleteSessionPage { sessions, next }))
}
