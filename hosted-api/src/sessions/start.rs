//! Starting a session: the one command without a session yet.

use std::sync::Arc;

use training::{Event, SessionId};
use uuid::Uuid;

use super::announce::announce;
use super::answer::{Answer, Answered, outcome};
use super::perform::{answer_or_error, conclude, replay};
use crate::app::{App, to_the_end};
use crate::clock;
use crate::http::{ApiError, Caller, Key};

/// Starts a session for the caller, as a task of its own: once begun it ends, even when whoever sent it has gone.
pub(crate) async fn start(app: &Arc<App>, caller: Caller, key: Option<Key>) -> Result<Answered, ApiError> {
    let app = Arc::clone(app);
    let starting = async move {
        let result = in_transaction(&app, &caller, key.as_ref()).await;
        app.metrics.command(outcome(&result));
        result
    };
    to_the_end(starting).await
}

async fn in_transaction(app: &App, caller: &Caller, key: Option<&Key>) -> Result<Answered, ApiError> {
    let athlete = caller.person();
    let mut tx = app.store.write().await?;
    if let Some(answered) = replay(&mut tx, caller, key).await? {
        return Ok(answered);
    }
    // There is no session to lock yet, so it is the athlete: two quick clicks come one after the other.
    tx.lock_user(athlete.id).await?;
    let has_open_session = tx.has_open_session(athlete.id).await?;
    let trainer = tx.account(athlete.id).await?.trainer;
    let id = SessionId(Uuid::now_v7());
    let started = training::start(id, athlete, trainer.is_some(), has_open_session, clock::now());
    let (event, trainer) = match (started, trainer) {
        (Ok(event), Some(trainer)) => (event, trainer),
        (Err(refusal), _) => return Ok(conclude(tx, caller, key, answer_or_error(refusal)?).await?),
        (Ok(_), None) => return Err(ApiError::internal(NobodyToSee)),
    };
    let Event::SessionStarted { session } = &event.event else { return Err(ApiError::internal(NobodyToSee)) };
    let session = session.clone();
    tx.add_session(&session, caller.account.studio.id, trainer.id).await?;
    let announcement = announce(&mut tx, session.athlete.id, trainer.id, &[event]).await?;
    let answered = conclude(tx, caller, key, Answer::SessionCreated { session }).await?;
    announcement.wake(app);
    Ok(answered)
}

/// The rules started something else than a session with a trainer: a bug.
#[derive(Debug, thiserror::Error)]
#[error("a start made no session that a trainer can see")]
struct NobodyToSee;
