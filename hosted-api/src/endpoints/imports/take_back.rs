//! `DELETE /v1/imports/{id}`: takes an import back, or forgets a file that was only read.
//!
//! 409 `import-final` after 30 days.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use training::ImportId;

use crate::app::App;
use crate::http::{ApiError, Caller, Ids};
use crate::import_jobs::{find, take_back};

/// Take an import back
///
/// Within 30 days, whole: its sessions are gone, or again what they were before, and so are the exercises that it has
/// created and that nothing else uses.
#[utoipa::path(delete, path = "/v1/imports/{id}", tag = "imports",
    params(("id" = ImportId, Path, description = "The import")),
    responses((status = 204, description = "It was taken back")))]
pub(crate) async fn take_import_back(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ImportId>,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    let head = find(&app, &caller, id).await?;
    take_back(&app, caller, head).await?;
    Ok(StatusCode::NO_CONTENT)
}
