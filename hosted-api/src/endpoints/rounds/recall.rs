//! `POST /v1/rounds/{id}/recall`: the trainer recalls a round that has not been started.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// Recall a round
///
/// It becomes a draft again, which the athlete does not see.
#[utoipa::path(post, path = "/v1/rounds/{id}/recall", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round")),
    responses((status = 200, description = "The round, a draft", body = Round)))]
pub(crate) async fn recall_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, SessionCommand::on_round(round, Command::RecallRound(round))).await
}
