//! `PUT /v1/weights/{id}`: an athlete corrects a weight, or has a deleted one back.

use std::sync::Arc;

use axum::extract::State;
use training::{Weight, WeightDraft, WeightId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, EditWeight, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Correct a weight
///
/// For its athlete. With `If-Match: "0"` a deleted weight is recreated under its id.
#[utoipa::path(put, path = "/v1/weights/{id}", tag = "weights",
    params(("id" = WeightId, Path, description = "The weight"),
           ("If-Match" = String, Header, description = "The version the correction is based on: `\"<version>\"`")),
    request_body = WeightDraft,
    responses((status = 200, description = "The weight", body = Weight),
              (status = 201, description = "The weight, recreated", body = Weight)))]
pub(crate) async fn edit_weight(
    State(app): State<Arc<App>>,
    Ids(id): Ids<WeightId>,
    version: IfMatch,
    request: CommandRequest<Required<WeightDraft>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(draft) } = request;
    run(&app, CommandContext { caller, key }, EditWeight(id, version, draft)).await
}
