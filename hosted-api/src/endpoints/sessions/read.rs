//! `GET /v1/sessions/{id}`: one session, as the caller may see it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::{Part, ProblemCode, Session, SessionId};

use crate::app::App;
use crate::commands::part;
use crate::http::{ApiError, Caller, Ids};
use crate::store::Relation;

/// Read a session
///
/// For its athlete, its trainer and, once it has ended, the trainer whom the athlete is assigned to now. The athlete's
/// copy holds no drafts.
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
    let part = match part(&row, caller.account.id) {
        Some(part) => part,
        // An open session is that of whoever leads it.
        None if row.session.status.is_open() => return Err(unknown()),
        None if app.store.relation(row.athlete, caller.account.id).await? == Some(Relation::Trainer) => Part::Trainer,
        None => return Err(unknown()),
    };
    Ok(Json(row.session.seen_by(part)))
}
