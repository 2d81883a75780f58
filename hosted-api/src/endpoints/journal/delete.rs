//! `DELETE /v1/journal/{id}`: the assigned trainer deletes an entry.

use std::sync::Arc;

use axum::extract::State;
use training::JournalEntryId;

use crate::app::App;
use crate::commands::{Answered, CommandContext, DeleteJournalEntry, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Nothing, Optional};

/// Delete an entry of a journal
///
/// For the trainer its athlete is assigned to. It can be recreated under its id.
#[utoipa::path(delete, path = "/v1/journal/{id}", tag = "notes",
    params(("id" = JournalEntryId, Path, description = "The entry"),
           ("If-Match" = String, Header, description = "The version the deletion is based on: `\"<version>\"`")),
    responses((status = 204, description = "The entry was deleted")))]
pub(crate) async fn delete_journal_entry(
    State(app): State<Arc<App>>,
    Ids(id): Ids<JournalEntryId>,
    version: IfMatch,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, DeleteJournalEntry(id, version)).await
}
