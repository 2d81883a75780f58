//! `PATCH /v1/rounds/{id}/exercises/{item_id}/actual`: corrects what was noted of an exercise.

use std::sync::Arc;

use axum::extract::State;
use training::wire::CorrectExercise;
use training::{Command, ItemId, Round, RoundId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, SessionCommand, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Correct what was noted
///
/// By the athlete and the session's trainer; after its end, by the athlete and the trainer they are assigned to now. What
/// was noted before is kept, with who corrected it and when; of many corrections, the first and the latest. One that says
/// what is noted already changes nothing.
#[utoipa::path(patch, path = "/v1/rounds/{id}/exercises/{item_id}/actual", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round"),
           ("item_id" = ItemId, Path, description = "The exercise in the round"),
           ("If-Match" = String, Header, description = "The version of the round that the correction is based on: \
                                                        `\"<version>\"`")),
    request_body = CorrectExercise,
    responses((status = 200, description = "The round", body = Round)))]
pub(crate) async fn correct_exercise(
    State(app): State<Arc<App>>,
    Ids((round, item)): Ids<(RoundId, ItemId)>,
    version: IfMatch,
    request: CommandRequest<Required<CorrectExercise>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(CorrectExercise { actual, reason }) } = request;
    let command = Command::CorrectExercise { round, item, version: 0, actual, reason };
    run(&app, CommandContext { caller, key }, SessionCommand::on_round(round, command).based_on(version)).await
}
