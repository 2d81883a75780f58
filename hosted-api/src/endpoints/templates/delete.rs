//! `DELETE /v1/templates/{id}`: a trainer deletes a template of theirs.

use std::sync::Arc;

use axum::extract::State;
use training::TemplateId;

use crate::app::App;
use crate::commands::{Answered, CommandContext, DeleteTemplate, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Nothing, Optional};

/// Delete a template
///
/// Only its owner may. Rounds that were planned with it stay as they are.
#[utoipa::path(delete, path = "/v1/templates/{id}", tag = "templates",
    params(("id" = TemplateId, Path, description = "The template"),
           ("If-Match" = String, Header, description = "The version the command is based on: `\"<version>\"`")),
    responses((status = 204, description = "The template was deleted")))]
pub(crate) async fn delete_template(
    State(app): State<Arc<App>>,
    Ids(id): Ids<TemplateId>,
    version: IfMatch,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, DeleteTemplate(id, version)).await
}
