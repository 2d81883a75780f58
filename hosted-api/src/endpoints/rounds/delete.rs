//! `DELETE /v1/rounds/{id}`: the trainer deletes a draft.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Nothing, Optional};

/// Delete a draft
#[utoipa::path(delete, path = "/v1/rounds/{id}", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round"),
           ("If-Match" = String, Header, description = "The version the command is based on: `\"<version>\"`")),
    responses((status = 204, description = "The draft was deleted")))]
pub(crate) async fn delete_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    version: IfMatch,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    let command = Command::DeleteRound { round, version: 0 };
    run(&app, CommandContext { caller, key }, SessionCommand::on_round(round, command).based_on(version)).await
}
