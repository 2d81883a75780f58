//! `POST /v1/rounds/{id}/start`: the athlete starts a round.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// Start a round
///
/// From then on it can't be recalled.
#[utoipa::path(post, path = "/v1/rounds/{id}/start", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round")),
    responses((status = 200, description = "The round, active", body = Round)))]
pub(crate) async fn start_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, SessionCommand::on_round(round, Command::StartRound(round))).await
}
