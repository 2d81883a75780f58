//! The final checks of a run: the outcome of each act, compared with what was reported to its person.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Mutex;
use uuid::Uuid;

use super::machine::{ActRecord, Machine, Outcome};
use super::results::Tally;
use super::server::Server;
use crate::people::Act;

/// Checks that every act ended as its outcome was reported.
pub(super) async fn check_outcomes(
    server: &Server,
    machines: &[Arc<Mutex<Machine>>],
    tally: &mut Tally,
) -> Result<(), String> {
    let performed = server.performed();
    let mut places: BTreeMap<Uuid, usize> = BTreeMap::new();
    for (place, key) in performed.iter().enumerate() {
        if places.insert(*key, place).is_some() {
            return Err(format!("{key} was done twice"));
        }
    }
    tally.done = performed.len() as u64;
    tally.events = server.event_count();
    for machine in machines {
        let machine = machine.lock().await;
        tally.acts += machine.acts.len() as u64;
        let view = machine.view().ok_or("no view")?;
        let resolved: Vec<&str> = machine.acts.iter().filter_map(|record| record.act.resolved_key()).collect();
        let mut last = None;
        for record in &machine.acts {
            if record.keys.len() > 1 {
                return Err(format!("{}: one act under {} keys: {record:?}", machine.name, record.keys.len()));
            }
            let Some(key) = record.keys.first() else { continue };
            // Late feedback is resent under the next key; so is an act that restores a deleted entity.
            let late = training::ActIds::of(*key).map(|mut keys| (keys.make(), keys.make()).1);
            let keys =
                [Some(*key), late.filter(|_| matches!(record.act, Act::CompleteRound(..) | Act::RestoreExercise(_)))];
            let keys: Vec<Uuid> = keys.into_iter().flatten().collect();
            let place = keys.iter().find_map(|key| places.get(key).copied());
            let is_refused = keys
                .iter()
                .map(Uuid::to_string)
                .any(|key| view.refused.iter().any(|refused| refused.key == key) || resolved.contains(&key.as_str()));
            // Logs of a round are sent with its feedback when only that can still be accepted.
            let is_sent_with_feedback = record.act.logged_round().is_some_and(|round| {
                let is_feedback = |record: &&ActRecord| matches!(record.act, Act::CompleteRound(id, _) if id == round);
                // The outcome of the feedback is checked separately.
                server.is_session_ended(round) && machine.acts.iter().any(|record| is_feedback(&record))
            });
            // Restoring cancels an archiving or a deletion that was not sent yet.
            let is_restored = record
                .act
                .removed_entity()
                .is_some_and(|entity| machine.acts.iter().any(|later| later.act.restored_entity() == Some(entity)))
                || record
                    .act
                    .deleted_round()
                    .is_some_and(|round| machine.acts.iter().any(|later| later.act.restored_round() == Some(round)));
            match (&record.outcome, place, is_refused) {
                _ if !record.act.goes_through_outbox() => {}
                (Outcome::Ok, Some(_), false)
                | (Outcome::Ok, None, true)
                | (Outcome::Failed(_), None, false)
                // It may or may not have been stored.
                | (Outcome::Crashed, _, _) => {}
                (Outcome::Ok, None, false) if is_sent_with_feedback || is_restored => {}
                (outcome, place, refused) => {
                    let name = machine.name;
                    return Err(format!(
                        "{name}: {key} {:?}: {outcome:?}, done: {place:?}, refused: {refused}",
                        record.act
                    ));
                }
            }
            // Starting and joining call the server directly, bypassing the outbox.
            if let Some(place) = place.filter(|_| record.act.goes_through_outbox()) {
                if last.is_some_and(|last| last > place) {
                    return Err(format!("{}: {key} was done before what came before it", machine.name));
                }
                last = Some(place);
            }
        }
    }
    Ok(())
}
