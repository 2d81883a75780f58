//! `DELETE /v1/rounds/{id}`: the trainer deletes a draft.

use std::sync::Arc;

use axum::extract::State;
use training::{Command, RoundId};

use crate::app::App;
use crate::http::{Act, ApiError, Ids, IfMatch, Nothing, Optional};
use crate::sessions::{Answered, Order, Target, perform};

/// Delete a draft
#[utoipa::path(delete, path = "/v1/rounds/{id}", tag = "rounds",
    params(("id" = RoundId, Path, description = "The round"),
           ("If-Match" = String, Header, description = "The version the act is based on: `\"<version>\"`")),
    responses((status = 204, description = "It is gone")))]
pub(crate) async fn delete_round(
    State(app): State<Arc<App>>,
    Ids(round): Ids<RoundId>,
    based_on: IfMatch,
    act: Act<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let Act { caller, key, .. } = act;
    let version = based_on.version()?;
    let command = Command::DeleteRound { round, version };
    perform(&app, Order { caller, key, target: Target::Round(round), command }).await
}
