//! `POST /v1/rounds/{id}/start`: the athlete begins.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, By, SessionCommand, run};
use crate::http::{Act, ApiError, Ids, Nothing, Optional};

/// Begin a round
///
/// From now on it can't be recalled.
#[utoipa::path(post, path = "/v1/rounds/{id}/start", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round")),
    responses((status = 200, description = "The round, active", body = Round)))]
pub(crate) async fn start_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    act: Act<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, .. } = act;
    run(&app, By { caller, key }, SessionCommand::on_round(round, Command::StartRound(round))).await
}
