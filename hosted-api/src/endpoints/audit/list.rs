//! `GET /v1/audit`: who changed people, roles, passwords, the library and releases, newest first, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::ProblemCode;
use training::people::AuditEntry;
use training::wire::Role;
use uuid::Uuid;

use crate::app::App;
use crate::http::{ApiError, Caller, Params};
use crate::store::AuditPage;

const DEFAULT_LIMIT: u32 = 50;
/// Longest page.
const MAX_LIMIT: u32 = 100;

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
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ApiError::new(ProblemCode::InvalidParameter).detail("limit must be 1 to 100"));
    }
    // One more than asked for tells whether there is another page.
    let page = AuditPage { after: filter.after, limit: limit + 1 };
    let mut rows = app.store.read().await?.audit(caller.account.studio.id, &page).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|(id, _)| *id);
    Ok(Json(Entries { entries: rows.into_iter().map(|(_, entry)| entry).collect(), next }))
}
