//! `GET /v1/sessions/{id}`: one session, as the caller may see it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::{ProblemCode, Session, SessionId};

use crate::app::App;
use crate::commands::part;
use crate::http::{ApiError, Caller, Ids};

/// Read a session
///
/// For its athlete and its trainer. The athlete's copy holds no drafts.
#[utoipa::path(get, path = "/v1/sessions/{id}", tag = "sessions",
    params(("id" = SessionId, Path, description = "The session")),
    responses((status = 200, description = "The session", body = Session)))]
pub(crate) async fn read_session(
    State(app): State<Arc<App>>,
    Ids(id): Ids<SessionId>,
    caller: Caller,
) -> Result<Json<Session>, ApiError> {
    let unknown = || ApiError::new(ProblemCode::NotFound);
    let row = app.store.session(id).await?.ok_or_else(unknown)?;
    let part = part(&row, caller.account.id).ok_or_else(unknown)?;
    Ok(Json(row.session.seen_by(part)))
}
