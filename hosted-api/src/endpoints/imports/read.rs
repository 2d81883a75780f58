//! `GET /v1/imports/{id}`: an import, beside what is stored now.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::ImportId;
use training::imports::Import;

use crate::app::App;
use crate::http::{ApiError, Caller, Ids};
use crate::import_jobs::{describe, find};

/// Read an import
///
/// For the athlete and the trainer they are assigned to, as long as it can be committed or taken back.
#[utoipa::path(get, path = "/v1/imports/{id}", tag = "imports",
    params(("id" = ImportId, Path, description = "The import")),
    responses((status = 200, description = "The import", body = Import)))]
pub(crate) async fn read_import(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ImportId>,
    caller: Caller,
) -> Result<Json<Import>, ApiError> {
    let head = find(&app, &caller, id).await?;
    Ok(Json(describe(&app, head).await?))
}
