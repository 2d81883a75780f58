//! `POST /v1/rounds/{id}/release`: the trainer releases a draft to the athlete.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// Release a round
///
/// A draft of an active session, while no other round is out.
#[utoipa::path(post, path = "/v1/rounds/{id}/release", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round")),
    responses((status = 200, description = "The round, released", body = Round)))]
pub(crate) async fn release_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, SessionCommand::on_round(round, Command::ReleaseRound(round))).await
}
