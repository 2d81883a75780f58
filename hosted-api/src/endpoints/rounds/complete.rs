//! `POST /v1/rounds/{id}/complete`: the athlete completes a round with feedback for every exercise.

use std::sync::Arc;

use axum::extract::State;
use training::wire::CompleteRound;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, By, SessionCommand, run};
use crate::http::{Act, ApiError, Ids, Required};

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
    act: Act<Required<CompleteRound>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, body: Required(CompleteRound { exercises: reports }) } = act;
    let command = Command::CompleteRound { round, reports, late: false };
    run(&app, By { caller, key }, SessionCommand::on_round(round, command)).await
}
