//! `GET /v1/imports/{id}`: an import, beside what is stored now.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::imports::Import;
use training::{ImportId, ProblemCode};

use crate::app::App;
use crate::http::{ApiError, Caller, Ids};
use crate::import_jobs::{find, shown};

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
    let plan = app.store.import_plan(id).await?.ok_or_else(|| ApiError::new(ProblemCode::NotFound))?;
    Ok(Json(shown(&app, &head, &plan).await?))
}
