//! `GET /v1/snapshot`: everything a device starts from, as of one cursor.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use training::notes::JournalLimits;
use training::weights::WeightLimits;
use training::wire::{Role, Snapshot};
use training::{Documents, Part, Session, SessionId};

use crate::app::App;
use crate::clock;
use crate::commands::part;
use crate::http::{ApiError, Caller};
use crate::store::{Page, StatusFilter};

/// The most open sessions; a trainer has one for each athlete.
const MAX_OPEN_SESSIONS: u32 = 1_000;

/// How long ago somebody's training is recent.
const RECENTLY: Duration = Duration::from_hours(24 * JournalLimits::RECENT_DAYS);

/// How far back the weights of a snapshot go.
const WEIGHTS_SINCE: Duration = Duration::from_hours(24 * WeightLimits::LAST_DAYS);

/// Take a snapshot
///
/// The feed continues from its cursor without a gap. Of the journal about each athlete, a trainer gets the pinned entries
/// and the last 20, of all journals together no more than about 4 MiB: of more, the oldest entries are left out, pinned
/// ones last, and those about athletes who have not trained for 30 days first. `GET /v1/athletes/{id}/journal` has them
/// all. Of weights, everybody gets their own and a trainer those of their athletes: of each, those of the last 90 days and
/// no more than 300, of all together no more than about 2 MiB. `GET /v1/athletes/{id}/weights` has them all.
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
    let weights = tx.weights_seen_by(me.id, clock::before(clock::now(), WEIGHTS_SINCE)).await?;
    let mut documents = Documents { sessions, exercises, weights, ..Documents::default() };
    if me.roles.contains(&Role::Trainer) {
        documents.athletes = tx.athletes_of(me.id, clock::now()).await?;
        documents.templates = tx.readable_templates(me.studio.id, me.id).await?;
        documents.notes = tx.notes_on(&led).await?;
        documents.journal_entries = tx.journals_of_trainer(me.id, clock::before(clock::now(), RECENTLY)).await?;
    }
    Ok(Json(Snapshot { cursor, me, documents }))
}
