//! `POST /v1/rounds/{id}/recall`: the trainer takes a round back while nobody has begun.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, By, SessionCommand, run};
use crate::http::{Act, ApiError, Ids, Nothing, Optional};

/// Recall a round
///
/// It is a draft again, and gone from in front of the athlete.
#[utoipa::path(post, path = "/v1/rounds/{id}/recall", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round")),
    responses((status = 200, description = "The round, a draft", body = Round)))]
pub(crate) async fn recall_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    act: Act<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, .. } = act;
    run(&app, By { caller, key }, SessionCommand::on_round(round, Command::RecallRound(round))).await
}
