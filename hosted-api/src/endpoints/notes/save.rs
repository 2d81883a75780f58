//! `PUT /v1/sessions/{id}/note`: the session's trainer saves their private note.

use std::sync::Arc;

use axum::extract::State;
use training::notes::NoteDraft;
use training::{Note, SessionId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SaveNote, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Save the private note on a session
///
/// For the session's trainer, also after its end. The athlete never receives it. The first note is saved with
/// `If-Match: "0"`.
#[utoipa::path(put, path = "/v1/sessions/{id}/note", tag = "notes",
    params(("id" = SessionId, Path, description = "The session"),
           ("If-Match" = String, Header, description = "The version the note is based on: `\"<version>\"`")),
    request_body = NoteDraft,
    responses((status = 200, description = "The note", body = Note)))]
pub(crate) async fn save_note(
    State(app): State<Arc<App>>,
    Ids(id): Ids<SessionId>,
    version: IfMatch,
    request: CommandRequest<Required<NoteDraft>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(NoteDraft { text }) } = request;
    run(&app, CommandContext { caller, key }, SaveNote(id, version, text)).await
}
