//! `GET /v1/athletes/{id}/weights`: what an athlete weighed, newest first, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::{ProblemCode, UserId, Weight, WeightId};

use crate::app::App;
use crate::http::{ApiError, Caller, Ids, PageSize, Params};
use crate::store::Relation;

/// How many weights a page has unless another number is asked for.
const DEFAULT_SIZE: u32 = 20;

/// Which weights.
#[derive(Deserialize)]
pub(crate) struct Filter {
    after: Option<WeightId>,
    limit: Option<u32>,
}

/// A page of weights.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct WeightPage {
    /// The weights, newest first.
    pub(crate) weights: Vec<Weight>,
    /// Where the next page begins, for `after`; null on the last.
    pub(crate) next: Option<WeightId>,
}

/// List an athlete's weights
///
/// For the athlete and the trainer they are assigned to.
#[utoipa::path(get, path = "/v1/athletes/{id}/weights", tag = "weights",
    params(("id" = UserId, Path, description = "The athlete"),
           ("after" = Option<WeightId>, Query, description = "Only those after this one: `next` of the last page"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 20 if absent")),
    responses((status = 200, description = "A page", body = WeightPage)))]
pub(crate) async fn list_weights(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(athlete): Ids<UserId>,
    Params(filter): Params<Filter>,
) -> Result<Json<WeightPage>, ApiError> {
    match app.store.relation(athlete, caller.account.id).await? {
        Some(Relation::Themself | Relation::Trainer) => {}
        Some(Relation::FormerTrainer) | None => return Err(ApiError::new(ProblemCode::NotFound)),
    }
    let size = PageSize::of(filter.limit, DEFAULT_SIZE)?;
    let mut weights = app.store.weights(athlete, filter.after, size.rows()).await?;
    let next = size.cut(&mut weights).map(|weight| weight.id);
    Ok(Json(WeightPage { weights, next }))
}
