//! `PUT /v1/rounds/{id}`: the trainer edits a round that is not completed.

use std::sync::Arc;

use axum::extract::State;
use training::wire::{EditRound, RoundPlace};
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Edit a round
///
/// What the athlete has entered is kept. With `release`, a draft is released in the same command. With `If-Match: "0"` and its
/// `place`, a deleted draft is recreated under its id: with its number, or as the last if another round has that now.
#[utoipa::path(put, path = "/v1/rounds/{id}", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round"),
           ("If-Match" = String, Header, description = "The version the edit is based on: `\"<version>\"`")),
    request_body = EditRound,
    responses((status = 200, description = "The round", body = Round),
              (status = 201, description = "The round, recreated", body = Round)))]
pub(crate) async fn edit_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    version: IfMatch,
    request: CommandRequest<Required<EditRound>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(body) } = request;
    let (release, place) = (body.release, body.place);
    let context = CommandContext { caller, key };
    if let (Ok(0), Some(RoundPlace { session_id, number, version })) = (version.version(), place) {
        let plan = body.into_plan();
        let command = Command::RecreateRound { round, number, last_version: version, plan, release };
        return run(&app, context, SessionCommand::on_session(session_id, command)).await;
    }
    let command = Command::EditRound { round, version: 0, plan: body.into_plan(), release };
    run(&app, context, SessionCommand::on_round(round, command).based_on(version)).await
}
