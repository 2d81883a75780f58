//! `GET /v1/audit`: who changed people, roles, passwords, the library and releases, newest first, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::people::AuditEntry;
use training::wire::Role;
use uuid::Uuid;

use crate::app::App;
use crate::http::{ApiError, Caller, PageSize, Params};
use crate::store::AuditPage;

/// How many entries a page has unless another number is asked for.
const DEFAULT_SIZE: u32 = 50;

/// Which entries.
#[derive(Deserialize)]
pub(crate) struct Filter {
    after: Option<Uuid>,
    limit: Option<u32>,
}

/// A page of the audit log.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Entries {
    /// The entries, newest first.
    pub(crate) entries: Vec<AuditEntry>,
    /// Where the next page begins, for `after`; null on the last.
    pub(crate) next: Option<Uuid>,
}

/// List what was changed
///
/// What people, exercises and versions were called then. Versions of the application are in the log of every studio.
#[utoipa::path(get, path = "/v1/audit", tag = "people",
    params(("after" = Option<Uuid>, Query, description = "Only what was before this: `next` of the last page"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 50 if absent")),
    responses((status = 200, description = "A page", body = Entries)))]
pub(crate) async fn list_audit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<Entries>, ApiError> {
    caller.must_be(Role::Admin)?;
    let size = PageSize::of(filter.limit, DEFAULT_SIZE)?;
    let page = AuditPage { after: filter.after, limit: size.rows() };
    let mut rows = app.store.audit(caller.account.studio.id, &page).await?;
    let next = size.cut(&mut rows).map(|(id, _)| *id);
    Ok(Json(Entries { entries: rows.into_iter().map(|(_, entry)| entry).collect(), next }))
}
