//! `GET /v1/athletes/{id}/imports`: what can be taken back of what was imported, newest first, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::imports::ImportSummary;
use training::{ImportId, UserId};

use crate::app::App;
use crate::clock;
use crate::http::{ApiError, Caller, Ids, PageSize, Params};
use crate::import_jobs::{TAKE_BACK_WITHIN, check_importer};

/// How many imports a page has unless another number is asked for.
const DEFAULT_SIZE: u32 = 20;

/// Which imports.
#[derive(Deserialize)]
pub(crate) struct Filter {
    after: Option<ImportId>,
    limit: Option<u32>,
}

/// A page of imports.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct ImportPage {
    /// The imports, newest first.
    pub(crate) imports: Vec<ImportSummary>,
    /// Where the next page begins, for `after`; null on the last.
    pub(crate) next: Option<ImportId>,
}

/// List an athlete's imports
///
/// Those that were committed and can still be taken back. For the athlete and the trainer they are assigned to.
#[utoipa::path(get, path = "/v1/athletes/{id}/imports", tag = "imports",
    params(("id" = UserId, Path, description = "The athlete"),
           ("after" = Option<ImportId>, Query, description = "Only those after this one: `next` of the last page"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 20 if absent")),
    responses((status = 200, description = "A page", body = ImportPage)))]
pub(crate) async fn list_imports(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(athlete): Ids<UserId>,
    Params(filter): Params<Filter>,
) -> Result<Json<ImportPage>, ApiError> {
    check_importer(&app, &caller, athlete).await?;
    let size = PageSize::of(filter.limit, DEFAULT_SIZE)?;
    let within = (clock::now(), TAKE_BACK_WITHIN);
    let mut imports = app.store.imports_of(athlete, within, filter.after, size.rows()).await?;
    let next = size.cut(&mut imports).map(|import| import.id);
    Ok(Json(ImportPage { imports, next }))
}
