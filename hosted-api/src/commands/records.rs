//! The records of athletes, which follow from their sessions and are announced to their trainers.

use std::collections::BTreeSet;
use std::sync::Arc;

use training::{Event, ExerciseId, Timestamp, UserId};

use super::announce::{EventsByPerson, commit_and_wake};
use crate::app::App;
use crate::clock;
use crate::http::ApiError;
use crate::store::{StoreError, Tx};

/// Works out an athlete's records of the exercises whose sets have changed, and tells whoever trains them if a record has
/// changed.
pub(super) async fn announce_records(
    tx: &mut Tx,
    athlete: UserId,
    exercises: &BTreeSet<ExerciseId>,
    at: Timestamp,
    by_person: &mut EventsByPerson,
) -> Result<(), StoreError> {
    if let Some(document) = tx.update_records(athlete, exercises, at).await?
        && let Some(trainer) = tx.trainer_of(athlete).await?
    {
        by_person.add(trainer, Event::Saved { at, document: document.into() });
    }
    Ok(())
}

/// Projects the sessions that are not, of all athletes: those from before there were sets and facts, and those that a server
/// of the version before has changed. An athlete with whom it fails holds up nobody else.
pub(crate) async fn catch_up_all(app: &Arc<App>) -> Result<(), ApiError> {
    let mut after = None;
    while let Some(athlete) = app.store.athlete_not_projected(after).await? {
        if let Err(error) = catch_up(app, athlete).await {
            tracing::error!(%athlete, ?error, "could not take up an athlete's sessions");
        }
        after = Some(athlete);
    }
    Ok(())
}

/// The same, of one athlete.
pub(crate) async fn catch_up(app: &Arc<App>, athlete: UserId) -> Result<(), ApiError> {
    // A few sessions at a time, so that no command waits for all of them.
    while app.store.lacks_projections(athlete).await? {
        let mut tx = app.store.write().await?;
        let exercises = tx.project_pending(athlete).await?;
        let mut by_person = EventsByPerson::default();
        announce_records(&mut tx, athlete, &exercises, clock::now(), &mut by_person).await?;
        commit_and_wake(app, tx, by_person).await?;
    }
    Ok(())
}
