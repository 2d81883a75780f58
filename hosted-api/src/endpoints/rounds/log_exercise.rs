//! `PUT /v1/rounds/{id}/exercises/{item_id}/log`: the athlete logs an exercise, or removes the log.

use std::sync::Arc;

use axum::extract::State;
use training::wire::LogExercise;
use training::{Command, ItemId, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, Required};

/// Log an exercise
///
/// With the actual values; `null` removes the log. Logging an exercise also starts the round.
#[utoipa::path(put, path = "/v1/rounds/{id}/exercises/{item_id}/log", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round"),
           ("item_id" = ItemId, Path, description = "The exercise in the round")),
    request_body = LogExercise,
    responses((status = 200, description = "The round", body = Round)))]
pub(crate) async fn log_exercise(
    State(app): State<Arc<App>>,
    Ids((round, item)): Ids<(RoundId, ItemId)>,
    request: CommandRequest<Required<LogExercise>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(LogExercise { actual }) } = request;
    let command = Command::LogExercise { round, item, actual };
    run(&app, CommandContext { caller, key }, SessionCommand::on_round(round, command)).await
}
