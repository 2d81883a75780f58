//! `GET /v1/athletes/{id}/journal`: the journal about an athlete, newest first, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::wire::Role;
use training::{JournalEntry, JournalEntryId, ProblemCode, UserId};

use crate::app::App;
use crate::http::{ApiError, Caller, Ids, PageSize, Params};

/// How many entries a page has unless another number is asked for.
const DEFAULT_SIZE: u32 = 20;

/// Which entries.
#[derive(Deserialize)]
pub(crate) struct Filter {
    after: Option<JournalEntryId>,
    limit: Option<u32>,
}

/// A page of a journal.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct JournalPage {
    /// The entries, newest first.
    pub(crate) journal_entries: Vec<JournalEntry>,
    /// Where the next page begins, for `after`; null on the last.
    pub(crate) next: Option<JournalEntryId>,
}

/// List the journal about an athlete
///
/// For the trainer they are assigned to.
#[utoipa::path(get, path = "/v1/athletes/{id}/journal", tag = "notes",
    params(("id" = UserId, Path, description = "The athlete"),
           ("after" = Option<JournalEntryId>, Query, description = "Only those after this one: `next` of the last page"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 20 if absent")),
    responses((status = 200, description = "A page", body = JournalPage)))]
pub(crate) async fn list_journal(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(athlete): Ids<UserId>,
    Params(filter): Params<Filter>,
) -> Result<Json<JournalPage>, ApiError> {
    caller.must_be(Role::Trainer)?;
    if !app.store.is_trained_by(athlete, caller.account.id).await? {
        return Err(ApiError::new(ProblemCode::NotFound));
    }
    let size = PageSize::of(filter.limit, DEFAULT_SIZE)?;
    let mut journal_entries = app.store.journal(athlete, filter.after, size.rows()).await?;
    let next = size.cut(&mut journal_entries).map(|entry| entry.id);
    Ok(Json(JournalPage { journal_entries, next }))
}
