//! `POST /v1/sessions/{id}/rounds`: the trainer plans a round, and may release it in the same command.

use std::sync::Arc;

use axum::extract::State;
use training::wire::SaveRound;
use training::{Command, Round, SessionId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, Required};

/// Add a round
///
/// For the trainer of an active session. With `release`, it is released to the athlete at once. A session has at most 200
/// rounds, and 512 KiB of JSON when something is planned; then 409.
#[utoipa::path(post, path = "/v1/sessions/{id}/rounds", tag = "rounds",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = SaveRound,
    responses((status = 201, description = "The round", body = Round)))]
pub(crate) async fn add_round(
    State(app): State<Arc<App>>,
    Ids(id): Ids<SessionId>,
    request: CommandRequest<Required<SaveRound>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(body) } = request;
    let release = body.release;
    let command = Command::AddRound { plan: body.into_plan(), release };
    run(&app, CommandContext { caller, key }, SessionCommand::on_session(id, command)).await
}
