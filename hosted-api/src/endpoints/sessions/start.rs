//! `POST /v1/sessions`: an athlete starts a session.

use std::sync::Arc;

use axum::extract::State;
use training::Session;

use crate::app::App;
use crate::commands::{Answered, CommandContext, StartSession, run};
use crate::http::{ApiError, CommandRequest, Nothing, Optional};

/// Start a session
///
/// For an athlete with a trainer assigned and no session open.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions",
    responses((status = 201, description = "The session, waiting for the trainer", body = Session)))]
pub(crate) async fn start_session(
    State(app): State<Arc<App>>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, StartSession).await
}
