//! `GET /v1/snapshot`: everything a device starts from, as of one cursor.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::wire::{Role, Snapshot};
use training::{Documents, Session};

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
    let mut sessions: Vec<Session> = Vec::new();
    for (status, limit) in [(StatusFilter::Open, MAX_OPEN_SESSIONS), (StatusFilter::Ended, Snapshot::ENDED_SESSIONS)] {
        let page = Page { status: Some(status), before: None, limit };
        for row in tx.sessions(me.id, &page).await? {
            sessions.extend(part(&row, me.id).map(|part| row.session.seen_by(part)));
        }
    }
    let exercises = if me.is_staff() { tx.exercises(me.studio.id).await? } else { Vec::new() };
    let is_trainer = me.roles.contains(&Role::Trainer);
    let athletes = if is_trainer { tx.athletes_of(me.id, clock::now()).await? } else { Vec::new() };
    let templates = if is_trainer { tx.templates(me.studio.id, me.id).await? } else { Vec::new() };
    Ok(Json(Snapshot { cursor, me, documents: Documents { sessions, exercises, athletes, templates } }))
}
