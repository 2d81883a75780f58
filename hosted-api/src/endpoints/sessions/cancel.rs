//! `POST /v1/sessions/{id}/cancel`: either participant ends a session early.

use std::sync::Arc;

use axum::extract::State;
use training::wire::CancelSession;
use training::{Command, Session, SessionId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, Optional};

/// Cancel a session
///
/// For either participant, while it is open.
#[utoipa::path(post, path = "/v1/sessions/{id}/cancel", tag = "sessions",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = Option<CancelSession>,
    responses((status = 200, description = "The session, cancelled", body = Session)))]
pub(crate) async fn cancel_session(
    State(app): State<Arc<App>>,
    Ids(id): Ids<SessionId>,
    request: CommandRequest<Optional<CancelSession>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Optional(CancelSession { reason }) } = request;
    run(&app, CommandContext { caller, key }, SessionCommand::on_session(id, Command::Cancel { reason })).await
}
