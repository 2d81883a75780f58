//! `GET /v1/templates`: the templates a trainer sees, newest first, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::wire::Role;
use training::{Template, TemplateId};

use crate::app::App;
use crate::http::{ApiError, Caller, PageSize, Params};
use crate::store::TemplatePage;

/// How many templates a page has unless another number is asked for.
const DEFAULT_SIZE: u32 = 50;

/// Which templates.
#[derive(Deserialize)]
pub(crate) struct Filter {
    after: Option<TemplateId>,
    limit: Option<u32>,
}

/// A page of templates.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Templates {
    /// The templates, newest first.
    pub(crate) templates: Vec<Template>,
    /// Where the next page begins, for `after`; null on the last.
    pub(crate) next: Option<TemplateId>,
}

/// List the templates
///
/// The trainer's own, and those that others of the studio share.
#[utoipa::path(get, path = "/v1/templates", tag = "templates",
    params(("after" = Option<TemplateId>, Query, description = "Only those created before this one: `next` of the last page"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 50 if absent")),
    responses((status = 200, description = "A page", body = Templates)))]
pub(crate) async fn list_templates(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<Templates>, ApiError> {
    caller.must_be(Role::Trainer)?;
    let size = PageSize::of(filter.limit, DEFAULT_SIZE)?;
    let page = TemplatePage { after: filter.after, limit: Some(size.rows()) };
    let mut templates = app.store.templates(caller.account.studio.id, caller.account.id, page).await?;
    let next = size.cut(&mut templates).map(|last| last.id);
    Ok(Json(Templates { templates, next }))
}
