//! `POST /v1/athletes/{id}/journal`: the assigned trainer writes an entry about an athlete.

use std::sync::Arc;

use axum::extract::State;
use training::notes::JournalDraft;
use training::{JournalEntry, UserId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, CreateJournalEntry, run};
use crate::http::{ApiError, CommandRequest, Ids, Required};

/// Write an entry of the journal about an athlete
///
/// For the trainer they are assigned to. The athlete never receives it. A journal has at most 5,000 entries, of which 50
/// may be pinned; then 409.
#[utoipa::path(post, path = "/v1/athletes/{id}/journal", tag = "notes",
    params(("id" = UserId, Path, description = "The athlete")),
    request_body = JournalDraft,
    responses((status = 201, description = "The entry", body = JournalEntry)))]
pub(crate) async fn create_journal_entry(
    State(app): State<Arc<App>>,
    Ids(athlete): Ids<UserId>,
    request: CommandRequest<Required<JournalDraft>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(draft) } = request;
    run(&app, CommandContext { caller, key }, CreateJournalEntry(athlete, draft)).await
}
