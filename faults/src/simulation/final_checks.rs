//! The final checks of a run: the outcome of each act, compared with what its person was told.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::World;
use super::machine::{Done, Outcome};
use crate::people::Act;

impl World {
    /// Checks that the outcome of every act matches what its person was told.
    pub(super) async fn check_outcomes(&mut self) -> Result<(), String> {
        let done = self.server.done();
        let mut places: BTreeMap<Uuid, usize> = BTreeMap::new();
        for (place, key) in done.iter().enumerate() {
            if places.insert(*key, place).is_some() {
                return Err(format!("{key} was done twice"));
            }
        }
        self.tally.done = done.len() as u64;
        self.tally.events = self.server.events();
        for machine in &self.machines {
            let machine = machine.lock().await;
            self.tally.acts += machine.done.len() as u64;
            let view = machine.view().ok_or("no view")?;
            let decided: Vec<&str> = machine.done.iter().filter_map(|done| done.act.decides()).collect();
            let mut last = None;
            for done in &machine.done {
                if done.keys.len() > 1 {
                    return Err(format!("{}: one act under {} keys: {done:?}", machine.name, done.keys.len()));
                }
                let Some(key) = done.keys.first() else { continue };
                // Late feedback is resent under the next key; so is an act that restores a deleted entity.
                let late = training::ActIds::of(*key).map(|mut keys| (keys.make(), keys.make()).1);
                let keys =
                    [Some(*key), late.filter(|_| matches!(done.act, Act::CompleteRound(..) | Act::RestoreExercise(_)))];
                let keys: Vec<Uuid> = keys.into_iter().flatten().collect();
                let place = keys.iter().find_map(|key| places.get(key).copied());
                let is_kept = keys.iter().map(Uuid::to_string).any(|key| {
                    view.refused.iter().any(|refused| refused.key == key) || decided.contains(&key.as_str())
                });
                // Logs of a round are sent with its feedback when only that can still be accepted.
                let is_said_late = done.act.noted_in().is_some_and(|round| {
                    let completes = |done: &&Done| matches!(done.act, Act::CompleteRound(id, _) if id == round);
                    // The outcome of the feedback is checked separately.
                    self.server.has_ended(round) && machine.done.iter().any(|done| completes(&done))
                });
                // Restoring cancels an archiving that was not sent yet.
                let is_taken_back = done
                    .act
                    .archives()
                    .is_some_and(|id| machine.done.iter().any(|later| later.act.restores() == Some(id)));
                match (&done.outcome, place, is_kept) {
                    _ if !done.act.is_kept() => {}
                    (Outcome::Ok, Some(_), false)
                    | (Outcome::Ok, None, true)
                    | (Outcome::Failed(_), None, false)
                    // It may or may not have been stored.
                    | (Outcome::Crashed, _, _) => {}
                    (Outcome::Ok, None, false) if is_said_late || is_taken_back => {}
                    (outcome, place, kept) => {
                        let name = machine.name;
                        return Err(format!(
                            "{name}: {key} {:?}: {outcome:?}, done: {place:?}, refused: {kept}",
                            done.act
                        ));
                    }
                }
                // Starting and joining call the server directly, bypassing the outbox.
                if let Some(place) = place.filter(|_| done.act.is_kept()) {
                    if last.is_some_and(|last| last > place) {
                        return Err(format!("{}: {key} was done before what came before it", machine.name));
                    }
                    last = Some(place);
                }
            }
        }
        Ok(())
    }
}
