//! `POST /v1/templates`: a trainer keeps rounds to plan with again.

use std::sync::Arc;

use axum::extract::State;
use training::{Template, TemplateDraft};

use crate::app::App;
use crate::commands::{Answered, CommandContext, CreateTemplate, run};
use crate::http::{ApiError, CommandRequest, Required};

/// Create a template
///
/// Its exercises may be archived ones. A weight may be given as a load, which is worked out for each athlete when the
/// template is used. A trainer has at most 200 templates and 512 KiB of rounds in them, a studio 1,000 shared ones and
/// 2 MiB; then 409.
#[utoipa::path(post, path = "/v1/templates", tag = "templates",
    request_body = TemplateDraft,
    responses((status = 201, description = "The template", body = Template)))]
pub(crate) async fn create_template(
    State(app): State<Arc<App>>,
    request: CommandRequest<Required<TemplateDraft>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(draft) } = request;
    run(&app, CommandContext { caller, key }, CreateTemplate(draft)).await
}
