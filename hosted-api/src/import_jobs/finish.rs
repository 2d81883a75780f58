//! What is due once, when all of an import is stored or taken back: records, the bests of later sessions, one reset for
//! everybody whom it concerns.

use std::collections::BTreeSet;

use training::{SessionId, Timestamp};
use uuid::Uuid;

use crate::clock;
use crate::commands::{EventsByPerson, LaterSessions};
use crate::store::{ImportHead, SessionPlace, StoreError, Tx};

/// What an import has changed, beside the exercises it has created.
pub(super) struct Changed {
    pub(super) sessions: bool,
    pub(super) weights: bool,
}

/// Works out the athlete's records if sessions have changed. Returns one reset for everybody whom the import concerns: both
/// people, and the staff if it has created exercises. What has changed nothing concerns nobody.
pub(super) async fn finish_and_reset(
    tx: &mut Tx,
    head: &ImportHead,
    changed: &Changed,
) -> Result<EventsByPerson, StoreError> {
    let at = clock::now();
    let mut by_person = EventsByPerson::default();
    if changed.sessions {
        update_athlete(tx, head, at, &mut by_person).await?;
    }
    let mut people = BTreeSet::new();
    if changed.sessions || changed.weights {
        people.insert(head.athlete);
        people.extend(tx.trainer_of(head.athlete).await?);
    }
    if !head.created.is_empty() {
        people.extend(tx.staff_of(head.studio).await?);
    }
    for person in people {
        by_person.reset(person, at);
    }
    Ok(by_person)
}

async fn update_athlete(
    tx: &mut Tx,
    head: &ImportHead,
    at: Timestamp,
    by_person: &mut EventsByPerson,
) -> Result<(), StoreError> {
    // What is imported lies in the past, and may make wrong which bests a later session has.
    let beginning = SessionPlace { at: Timestamp::from_millisecond(0).unwrap_or(at), id: SessionId(Uuid::nil()) };
    let later = LaterSessions::lock(tx, head.athlete, beginning).await?;
    // Also those of which a session was replaced that had them.
    let mut exercises = tx.exercises_on_record(head.athlete).await?;
    exercises.extend(&head.exercises);
    // The snapshot that everybody takes has the records.
    tx.update_records(head.athlete, &exercises, at).await?;
    later.correct_bests(tx, &exercises, at, by_person).await
}
