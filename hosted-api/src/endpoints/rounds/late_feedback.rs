//! `POST /v1/rounds/{id}/late-feedback`: feedback for a round whose session was cancelled meanwhile.

use std::sync::Arc;

use axum::extract::State;
use training::wire::CompleteRound;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, By, SessionCommand, run};
use crate::http::{Act, ApiError, Ids, Required};

/// Complete a round late
///
/// What an athlete trained and said before they could know that the session had been cancelled. The round must have been
/// out when it was. The session stays cancelled; in one that goes on this completes the round like any other.
#[utoipa::path(post, path = "/v1/rounds/{id}/late-feedback", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round")),
    request_body = CompleteRound,
    responses((status = 200, description = "The round, completed", body = Round)))]
pub(crate) async fn late_feedback(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    act: Act<Required<CompleteRound>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, body: Required(CompleteRound { exercises: reports }) } = act;
    let command = Command::CompleteRound { round, reports, late: true };
    run(&app, By { caller, key }, SessionCommand::on_round(round, command)).await
}
