//! `PUT /v1/templates/{id}`: a trainer edits a template of theirs.

use std::sync::Arc;

use axum::extract::State;
use training::{Template, TemplateDraft, TemplateId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, EditTemplate, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Edit a template
///
/// Only its owner may. Shared, it goes to all trainers of the studio; no longer shared, it is removed from the others.
/// With `If-Match: "0"` a deleted template is recreated under its id, and its version goes on. 409 when it would have more
/// rounds than there is room for, see `POST /v1/templates`.
#[utoipa::path(put, path = "/v1/templates/{id}", tag = "templates",
    params(("id" = TemplateId, Path, description = "The template"),
           ("If-Match" = String, Header, description = "The version the edit is based on: `\"<version>\"`")),
    request_body = TemplateDraft,
    responses((status = 200, description = "The template", body = Template),
              (status = 201, description = "The template, recreated", body = Template)))]
pub(crate) async fn edit_template(
    State(app): State<Arc<App>>,
    Ids(id): Ids<TemplateId>,
    version: IfMatch,
    request: CommandRequest<Required<TemplateDraft>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(draft) } = request;
    run(&app, CommandContext { caller, key }, EditTemplate(id, version, draft)).await
}
