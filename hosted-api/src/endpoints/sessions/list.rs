//! `GET /v1/sessions`: the caller's sessions, newest first, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::{Session, SessionId};

use crate::app::App;
use crate::commands::part;
use crate::http::{ApiError, Caller, PageSize, Params};
use crate::store::{Page, StatusFilter};

/// How many sessions a page has unless another number is asked for.
const DEFAULT_SIZE: u32 = 20;

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
    let size = PageSize::of(filter.limit, DEFAULT_SIZE)?;
    let page = Page { status: filter.status, before: filter.before, limit: size.rows() };
    let mut rows = app.store.sessions(caller.account.id, &page).await?;
    let next = size.cut(&mut rows).map(|row| row.session.id);
    let sessions = rows
        .into_iter()
        .filter_map(|row| part(&row, caller.account.id).map(|part| row.session.seen_by(part)))
        .collect();
    Ok(Json(SessionPage { sessions, next }))
}
