//! `POST /v1/athletes/{id}/weights`: an athlete enters what they weigh.

use std::sync::Arc;

use axum::extract::State;
use training::{UserId, Weight, WeightDraft};

use crate::app::App;
use crate::commands::{Answered, CommandContext, CreateWeight, run};
use crate::http::{ApiError, CommandRequest, Ids, Required};

/// Enter a weight
///
/// For the athlete. An athlete has at most 20,000 weights; then 409.
#[utoipa::path(post, path = "/v1/athletes/{id}/weights", tag = "weights",
    params(("id" = UserId, Path, description = "The athlete")),
    request_body = WeightDraft,
    responses((status = 201, description = "The weight", body = Weight)))]
pub(crate) async fn create_weight(
    State(app): State<Arc<App>>,
    Ids(athlete): Ids<UserId>,
    request: CommandRequest<Required<WeightDraft>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(draft) } = request;
    run(&app, CommandContext { caller, key }, CreateWeight(athlete, draft)).await
}
