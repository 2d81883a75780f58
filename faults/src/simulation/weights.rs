//! The model's weights: the rules from `training`, on numbers in memory.

use std::collections::BTreeMap;

use training::weights::{create, edit, kept, recreate, remove};
use training::{Document, EntityRef, Event, Refusal, Timestamp, UserId, Weight, WeightId};
use uuid::Uuid;

use super::answer::Answer;
use super::request::WeightCommand;

/// See the module.
#[derive(Default)]
pub(super) struct Weights {
    /// Each with whether it is deleted.
    weights: BTreeMap<WeightId, (Weight, bool)>,
}

impl Weights {
    /// Of the weights of each of these people, what a device keeps.
    pub(super) fn of(&self, people: impl Iterator<Item = UserId>, now: Timestamp) -> Vec<Weight> {
        let of = |person: UserId| self.existing().filter(move |weight| weight.athlete_id == person);
        people.flat_map(|person| kept(of(person), now)).cloned().collect()
    }

    pub(super) fn has(&self, entity: EntityRef) -> bool {
        self.existing().any(|weight| EntityRef::of::<Weight>(weight.id) == entity)
    }

    /// Whose weight a command is about.
    pub(super) fn athlete_of(&self, command: &WeightCommand) -> Option<UserId> {
        match command {
            WeightCommand::Create(athlete, _) => Some(*athlete),
            WeightCommand::Edit(id, ..) | WeightCommand::Delete(id, _) => {
                self.weights.get(id).map(|(weight, _)| weight.athlete_id)
            }
        }
    }

    /// Performs a command of the athlete; `new_id` is for what it creates. Returns the answer, and the event if something
    /// changed.
    pub(super) fn perform(
        &mut self,
        command: &WeightCommand,
        new_id: Uuid,
        at: Timestamp,
    ) -> Result<(Answer, Option<Event>), Refusal> {
        let (status, after) = match command {
            WeightCommand::Create(athlete, draft) => (201, create(WeightId(new_id), *athlete, draft, at, 0)?),
            WeightCommand::Edit(id, version, draft) => match self.weights.get(id).ok_or(Refusal::NotFound)? {
                (weight, true) => (201, recreate(weight, *version, draft, at, 0)?),
                (weight, false) => (200, edit(weight, Some(*version), draft, at)?),
            },
            WeightCommand::Delete(id, version) => {
                let (weight, is_deleted) =
                    self.weights.get_mut(id).filter(|(_, is_deleted)| !is_deleted).ok_or(Refusal::NotFound)?;
                remove(weight, Some(*version))?;
                *is_deleted = true;
                let entity = EntityRef::of::<Weight>(*id);
                return Ok((Answer::empty(204), Some(Event::Removed { at, entity })));
            }
        };
        let answer = Answer::json(status, &after);
        let before = self.weights.insert(after.id, (after.clone(), false));
        let is_changed = before != Some((after.clone(), false));
        Ok((answer, is_changed.then(|| Event::Saved { at, document: Document::from(after) })))
    }

    fn existing(&self) -> impl Iterator<Item = &Weight> {
        self.weights.values().filter(|(_, is_deleted)| !is_deleted).map(|(weight, _)| weight)
    }
}
