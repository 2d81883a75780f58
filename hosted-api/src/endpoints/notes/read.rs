//! `GET /v1/sessions/{id}/note`: the session's trainer reads their private note.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{AppendHeaders, IntoResponse};
use training::wire::Role;
use training::{Note, Part, ProblemCode, Refusal, SessionId};

use crate::app::App;
use crate::commands::part;
use crate::http::{ApiError, Caller, Ids, etag};

/// Read the private note on a session
///
/// For the session's trainer. While nothing has been written, the note is empty and has version 0.
#[utoipa::path(get, path = "/v1/sessions/{id}/note", tag = "notes",
    params(("id" = SessionId, Path, description = "The session")),
    responses((status = 200, description = "The note", body = Note)))]
pub(crate) async fn read_note(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
) -> Result<impl IntoResponse, ApiError> {
    let row = app.store.session(id).await?.ok_or(ApiError::new(ProblemCode::NotFound))?;
    match part(&row, caller.account.id).ok_or(ApiError::new(ProblemCode::NotFound))? {
        Part::Trainer => caller.must_be(Role::Trainer)?,
        Part::Athlete | Part::Unknown(_) => return Err(Refusal::NotYourPart.into()),
    }
    let note = app.store.note(id).await?;
    Ok((AppendHeaders([(ETAG, etag(note.version))]), Json(note)))
}
