//! `DELETE /v1/rounds/{id}`: the trainer deletes a draft.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, RoundId};

use crate::app::App;
use crate::commands::{Answered, By, SessionCommand, run};
use crate::http::{Act, ApiError, Ids, IfMatch, Nothing, Optional};

/// Delete a draft
#[utoipa::path(delete, path = "/v1/rounds/{id}", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round"),
           ("If-Match" = String, Header, description = "The version the act is based on: `\"<version>\"`")),
    responses((status = 204, description = "It is gone")))]
pub(crate) async fn delete_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    version: IfMatch,
    act: Act<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, .. } = act;
    let command = Command::DeleteRound { round, version: 0 };
    run(&app, By { caller, key }, SessionCommand::on_round(round, command).based_on(version)).await
}
