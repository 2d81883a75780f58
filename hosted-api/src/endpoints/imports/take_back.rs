//! `DELETE /v1/imports/{id}`: takes an import back, or forgets a file that was only read.
//!
//! 409 `import-final` after 30 days.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use training::ImportId;

use crate::app::App;
use crate::http::{ApiError, Caller, Ids};
use crate::import_jobs::{find_any, take_back};

/// Take an import back
///
/// Within 30 days, whole: its sessions are gone, or again what they were before, and so are the exercises that it has
/// created and that nothing else uses. Of a large one the answer comes after 25 seconds, while the rest is being removed; the
/// same request again waits for it.
#[utoipa::path(delete, path = "/v1/imports/{id}", tag = "imports",
    params(("id" = ImportId, Path, description = "The import")),
    responses((status = 204, description = "It was taken back"),
              (status = 202, description = "It is being taken back")))]
pub(crate) async fn take_import_back(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ImportId>,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    let head = find_any(&app, &caller, id).await?;
    let is_done = take_back(&app, caller, head).await?;
    Ok(if is_done { StatusCode::NO_CONTENT } else { StatusCode::ACCEPTED })
}
