//! `PUT /v1/rounds/{id}/exercises/{item_id}/log`: the athlete ticks an exercise off, or takes the tick back.

use std::sync::Arc;

use axum::extract::State;
use training::wire::LogExercise;
use training::{Command, ItemId, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, By, SessionCommand, run};
use crate::http::{Act, ApiError, Ids, Required};

/// Tick an exercise off
///
/// With what was really done; `null` takes the tick back. Whoever ticks something off has begun the round.
#[utoipa::path(put, path = "/v1/rounds/{id}/exercises/{item_id}/log", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round"),
           ("item_id" = ItemId, Path, description = "The exercise as it stands in the round")),
    request_body = LogExercise,
    responses((status = 200, description = "The round", body = Round)))]
pub(crate) async fn log_exercise(
    State(app): State<Arc<App>>,
    Ids((round, item)): Ids<(RoundId, ItemId)>,
    act: Act<Required<LogExercise>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, body: Required(LogExercise { actual }) } = act;
    let command = Command::LogExercise { round, item, actual };
    run(&app, By { caller, key }, SessionCommand::on_round(round, command)).await
}
