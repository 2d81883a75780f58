//! `POST /v1/sessions/{id}/join`: the trainer joins a waiting session.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, Session, SessionId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// Join a session
///
/// For the trainer whose session it is, while it waits.
#[utoipa::path(post, path = "/v1/sessions/{id}/join", tag = "sessions",
    params(("id" = SessionId, Path, description = "The session")),
    responses((status = 200, description = "The session, active", body = Session)))]
pub(crate) async fn join_session(
    State(app): State<Arc<App>>,
    Ids(id): Ids<SessionId>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, SessionCommand::on_session(id, Command::Join)).await
}
