//! `POST /v1/rounds/{id}/release`: the trainer puts a draft in front of the athlete.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, By, SessionCommand, run};
use crate::http::{Act, ApiError, Ids, Nothing, Optional};

/// Release a round
///
/// A draft of an active session, while no other round is out.
#[utoipa::path(post, path = "/v1/rounds/{id}/release", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round")),
    responses((status = 200, description = "The round, released", body = Round)))]
pub(crate) async fn release_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    act: Act<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, .. } = act;
    run(&app, By { caller, key }, SessionCommand::on_round(round, Command::ReleaseRound(round))).await
}
