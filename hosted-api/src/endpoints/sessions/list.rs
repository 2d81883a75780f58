//! `GET /v1/sessions`: the caller's sessions, newest first, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::{ProblemCode, Session, SessionId};

use crate::app::App;
use crate::commands::part;
use crate::http::{ApiError, Caller, Params};
use crate::store::{Page, StatusFilter};

const DEFAULT_LIMIT: u32 = 20;
/// The longest page.
pub(crate) const MAX_LIMIT: u32 = 100;

/// Which sessions.
#[derive(Deserialize)]
pub(crate) struct Filter {
    status: Option<StatusFilter>,
    limit: Option<u32>,
    before: Option<SessionId>,
}

/// A page of sessions.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct SessionPage {
    /// The sessions, newest first.
    pub(crate) sessions: Vec<Session>,
    /// Where the next page begins, for `before`; null on the last.
    pub(crate) next: Option<SessionId>,
}

/// List sessions
///
/// The caller's own, in either part.
#[utoipa::path(get, path = "/v1/sessions", tag = "sessions",
    params(("status" = inline(Option<StatusFilter>), Query, description = "Only open or only ended ones"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 20 if absent"),
           ("before" = Option<SessionId>, Query, description = "Only those before this one: `next` of the last page")),
    responses((status = 200, description = "A page", body = SessionPage)))]
pub(crate) async fn list_sessions(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<SessionPage>, ApiError> {
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ApiError::new(ProblemCode::InvalidParameter).detail("limit must be 1 to 100"));
    }
    // One more than requested shows whether there is another page.
    let page = Page { status: filter.status, before: filter.before, limit: limit + 1 };
    let rows = app.store.read().await?.sessions(caller.account.id, &page).await?;
    let mut sessions: Vec<Session> = rows
        .into_iter()
        .filter_map(|row| part(&row, caller.account.id).map(|part| row.session.seen_by(part)))
        .collect();
    let more = sessions.len() > limit as usize;
    sessions.truncate(limit as usize);
    let next = sessions.last().filter(|_| more).map(|session| session.id);
    Ok(Json(SessionPage { sessions, next }))
}
