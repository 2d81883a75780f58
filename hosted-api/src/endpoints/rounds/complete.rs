//! `POST /v1/rounds/{id}/complete`: the athlete completes a round with feedback for every exercise.

use std::sync::Arc;

use axum::extract::State;
use training::wire::CompleteRound;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, Required};

/// Complete a round
///
/// One answer for each of its exercises. Completing the final round completes the session.
#[utoipa::path(post, path = "/v1/rounds/{id}/complete", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round")),
    request_body = CompleteRound,
    responses((status = 200, description = "The round, completed", body = Round)))]
pub(crate) async fn complete_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    request: CommandRequest<Required<CompleteRound>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(CompleteRound { exercises: reports }) } = request;
    let command = Command::CompleteRound { round, reports, late: false };
    run(&app, CommandContext { caller, key }, SessionCommand::on_round(round, command)).await
}
