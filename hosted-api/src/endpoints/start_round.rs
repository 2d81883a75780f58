//! `POST /v1/rounds/{id}/start`: the athlete begins.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::http::{Act, ApiError, Ids, Nothing, Optional};
use crate::sessions::{Answered, Order, Target, perform};

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
    perform(&app, Order { caller, key, target: Target::Round(round), command: Command::StartRound(round) }).await
}
