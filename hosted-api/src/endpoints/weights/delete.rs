//! `DELETE /v1/weights/{id}`: an athlete deletes a weight.

use std::sync::Arc;

use axum::extract::State;
use training::WeightId;

use crate::app::App;
use crate::commands::{Answered, CommandContext, DeleteWeight, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Nothing, Optional};

/// Delete a weight
///
/// For its athlete. It can be recreated under its id.
#[utoipa::path(delete, path = "/v1/weights/{id}", tag = "weights",
    params(("id" = WeightId, Path, description = "The weight"),
           ("If-Match" = String, Header, description = "The version the deletion is based on: `\"<version>\"`")),
    responses((status = 204, description = "The weight was deleted")))]
pub(crate) async fn delete_weight(
    State(app): State<Arc<App>>,
    Ids(id): Ids<WeightId>,
    version: IfMatch,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, DeleteWeight(id, version)).await
}
