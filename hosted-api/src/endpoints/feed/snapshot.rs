//! `GET /v1/snapshot`: everything a device starts from, as of one cursor.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::wire::{Role, Snapshot};
use training::{Documents, Part, Session, SessionId};

use crate::app::App;
use crate::clock;
use crate::commands::part;
use crate::http::{ApiError, Caller};
use crate::store::{Page, StatusFilter};

/// The most open sessions; a trainer has one for each athlete.
const MAX_OPEN_SESSIONS: u32 = 1_000;

/// Take a snapshot
///
/// The feed continues from its cursor without a gap.
#[utoipa::path(get, path = "/v1/snapshot", tag = "feed",
    responses((status = 200, description = "The snapshot", body = Snapshot)))]
pub(crate) async fn snapshot(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Snapshot>, ApiError> {
    let me = caller.account;
    // Everything as of one moment, so that the cursor is exactly that of the sessions.
    let mut tx = app.store.read().await?;
    let cursor = tx.feed_head(me.id).await?.cursor();
    let (mut sessions, mut led): (Vec<Session>, Vec<SessionId>) = (Vec::new(), Vec::new());
    for (status, limit) in [(StatusFilter::Open, MAX_OPEN_SESSIONS), (StatusFilter::Ended, Snapshot::ENDED_SESSIONS)] {
        let page = Page { status: Some(status), before: None, limit };
        for row in tx.sessions(me.id, &page).await? {
            let Some(part) = part(&row, me.id) else { continue };
            if part == Part::Trainer {
                led.push(row.session.id);
            }
            sessions.push(row.session.seen_by(part));
        }
    }
    let exercises = if me.is_staff() { tx.exercises(me.studio.id).await? } else { Vec::new() };
    let mut documents = Documents { sessions, exercises, ..Documents::default() };
    if me.roles.contains(&Role::Trainer) {
        documents.athletes = tx.athletes_of(me.id, clock::now()).await?;
        documents.templates = tx.templates(me.studio.id, me.id).await?;
        documents.notes = tx.notes_on(&led).await?;
        documents.journal_entries = tx.journals_of_trainer(me.id).await?;
    }
    Ok(Json(Snapshot { cursor, me, documents }))
}
