//! `POST /v1/rounds/{id}/late-feedback`: feedback for a round whose session was cancelled meanwhile.

use std::sync::Arc;

use axum::extract::State;
use training::wire::CompleteRound;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, Required};

/// Complete a round late
///
/// For feedback that an athlete gave before they could know that the session had been cancelled. The round must have been
/// out at that time. The session stays cancelled; if it was not cancelled, this completes the round as usual.
#[utoipa::path(post, path = "/v1/rounds/{id}/late-feedback", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round")),
    request_body = CompleteRound,
    responses((status = 200, description = "The round, completed", body = Round)))]
pub(crate) async fn late_feedback(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    request: CommandRequest<Required<CompleteRound>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(CompleteRound { exercises: reports }) } = request;
    let command = Command::CompleteRound { round, reports, late: true };
    run(&app, CommandContext { caller, key }, SessionCommand::on_round(round, command)).await
}
