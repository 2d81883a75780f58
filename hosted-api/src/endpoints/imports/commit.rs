//! `POST /v1/imports/{id}/commit`: stores the sessions of a file that was read.
//!
//! 409 `library-full` when the library has no room for the exercises that would be new.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::ImportId;
use training::imports::{CommitImport, Import};

use crate::app::App;
use crate::http::{ApiError, Caller, Ids, Required};
use crate::import_jobs::{commit, describe, find};

/// Commit an import
///
/// Its sessions are stored, marked as imported; an exercise that is mapped to none becomes an archived one of category
/// `own`. A session that is here already stays as it is, one of which an earlier file had less is replaced. Of a large file
/// the answer may come before everything is stored: `state` says so. To commit it again changes nothing. Of
/// the weights of the body, those are stored of whose instant none is here.
#[utoipa::path(post, path = "/v1/imports/{id}/commit", tag = "imports",
    params(("id" = ImportId, Path, description = "The import")),
    request_body = CommitImport,
    responses((status = 200, description = "The import", body = Import)))]
pub(crate) async fn commit_import(
    State(app): State<Arc<App>>,
    Ids(id): Ids<ImportId>,
    caller: Caller,
    Required(request): Required<CommitImport>,
) -> Result<Json<Import>, ApiError> {
    let head = find(&app, &caller, id).await?;
    commit(&app, caller.clone(), head, request).await?;
    let head = find(&app, &caller, id).await?;
    Ok(Json(describe(&app, head).await?))
}
