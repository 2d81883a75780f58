//! `PUT /v1/rounds/{id}`: the trainer edits a round that is not completed.

use std::sync::Arc;

use axum::extract::State;
use training::wire::SaveRound;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Edit a round
///
/// What the athlete has entered is kept. With `release`, a draft is released in the same command.
#[utoipa::path(put, path = "/v1/rounds/{id}", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round"),
           ("If-Match" = String, Header, description = "The version the edit is based on: `\"<version>\"`")),
    request_body = SaveRound,
    responses((status = 200, description = "The round", body = Round)))]
pub(crate) async fn edit_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    version: IfMatch,
    request: CommandRequest<Required<SaveRound>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(body) } = request;
    let release = body.release;
    let command = Command::EditRound { round, version: 0, plan: body.into_plan(), release };
    run(&app, CommandContext { caller, key }, SessionCommand::on_round(round, command).based_on(version)).await
}
