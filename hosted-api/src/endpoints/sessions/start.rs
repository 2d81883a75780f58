//! `POST /v1/sessions`: an athlete starts a session.

use std::sync::Arc;

use axum::extract::State;
use training::Session;
use training::wire::Role;

use crate::app::App;
use crate::commands::{Answered, By, StartSession, run};
use crate::http::{Act, ApiError, Nothing, Optional};

/// Start a session
///
/// For an athlete with a trainer assigned and no session open.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions",
    responses((status = 201, description = "The session, waiting for the trainer", body = Session)))]
pub(crate) async fn start_session(
    State(app): State<Arc<App>>,
    act: Act<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    act.caller.must_be(Role::Athlete)?;
    let Act { caller, key, .. } = act;
    run(&app, By { caller, key }, StartSession).await
}
