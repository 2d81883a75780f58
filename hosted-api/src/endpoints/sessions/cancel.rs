//! `POST /v1/sessions/{id}/cancel`: either one ends a session early.

use std::sync::Arc;

use axum::extract::State;
use training::wire::CancelSession;
use training::{Command, Session, SessionId};

use crate::app::App;
use crate::commands::{Answered, By, SessionCommand, run};
use crate::http::{Act, ApiError, Ids, Optional};

/// Cancel a session
///
/// For either of the two, while it is open.
#[utoipa::path(post, path = "/v1/sessions/{id}/cancel", tag = "sessions",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = Option<CancelSession>,
    responses((status = 200, description = "The session, cancelled", body = Session)))]
pub(crate) async fn cancel_session(
    State(app): State<Arc<App>>,
    Ids(id): Ids<SessionId>,
    act: Act<Optional<CancelSession>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, body: Optional(CancelSession { reason }) } = act;
    run(&app, By { caller, key }, SessionCommand::on_session(id, Command::Cancel { reason })).await
}
