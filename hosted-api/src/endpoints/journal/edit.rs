//! `PUT /v1/journal/{id}`: the assigned trainer edits an entry, or has a deleted one back.

use std::sync::Arc;

use axum::extract::State;
use training::notes::JournalDraft;
use training::{JournalEntry, JournalEntryId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, EditJournalEntry, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Edit an entry of a journal
///
/// For the trainer its athlete is assigned to. It keeps who wrote it and when. With `If-Match: "0"` a deleted entry is
/// recreated under its id.
#[utoipa::path(put, path = "/v1/journal/{id}", tag = "notes",
    params(("id" = JournalEntryId, Path, description = "The entry"),
           ("If-Match" = String, Header, description = "The version the edit is based on: `\"<version>\"`")),
    request_body = JournalDraft,
    responses((status = 200, description = "The entry", body = JournalEntry),
              (status = 201, description = "The entry, recreated", body = JournalEntry)))]
pub(crate) async fn edit_journal_entry(
    State(app): State<Arc<App>>,
    Ids(id): Ids<JournalEntryId>,
    version: IfMatch,
    request: CommandRequest<Required<JournalDraft>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(draft) } = request;
    run(&app, CommandContext { caller, key }, EditJournalEntry(id, version, draft)).await
}
