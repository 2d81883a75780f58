//! The model's exercise library: the rules from `training`, on exercises in memory.

use training::library::{ExerciseState, archive, create, edit, name_key, recreate, restore};
use training::{Document, EntityRef, Event, Exercise, ExerciseId, Refusal, Timestamp};
use uuid::Uuid;

use super::answer::Answer;
use super::request::LibraryCommand;

/// See the module.
pub(super) struct Library(Vec<Exercise>);

impl Library {
    pub(super) fn new(exercises: Vec<Exercise>) -> Self {
        Self(exercises)
    }

    pub(super) fn exercises(&self) -> &[Exercise] {
        &self.0
    }

    pub(super) fn find(&self, id: ExerciseId) -> Option<&Exercise> {
        self.0.iter().find(|exercise| exercise.id == id)
    }

    /// Performs a command; `new_id` is for what it creates. Returns the answer, and the event if something changed.
    pub(super) fn perform(
        &mut self,
        command: &LibraryCommand,
        new_id: Uuid,
        at: Timestamp,
        is_in_use: impl FnOnce(ExerciseId) -> bool,
    ) -> Result<(Answer, Option<Event>), Refusal> {
        let (status, after) = match command {
            LibraryCommand::Create(draft) => {
                (201, create(ExerciseId(new_id), draft, self.is_name_taken(&draft.name, None))?)
            }
            LibraryCommand::Edit(id, version, draft) => {
                let is_taken = self.is_name_taken(&draft.name, Some(*id));
                match self.find(*id) {
                    None => (201, recreate(*id, *version, draft, is_taken)?),
                    Some(exercise) => {
                        (200, edit(ExerciseState { exercise, based_on: Some(*version) }, draft, is_taken)?)
                    }
                }
            }
            LibraryCommand::Archive(id, version) => {
                let exercise = self.find(*id).ok_or(Refusal::NotFound)?;
                let archived = archive(ExerciseState { exercise, based_on: Some(*version) })?;
                if !is_in_use(*id) {
                    self.0.retain(|exercise| exercise.id != *id);
                    let entity = EntityRef::of::<Exercise>(*id);
                    return Ok((Answer::empty(204), Some(Event::Removed { at, entity })));
                }
                (200, archived)
            }
            LibraryCommand::Restore(id) => (200, restore(self.find(*id).ok_or(Refusal::NotFound)?)),
        };
        let answer = Answer::json(status, &after);
        match self.0.iter_mut().find(|exercise| exercise.id == after.id) {
            Some(before) if *before == after => return Ok((answer, None)),
            Some(before) => *before = after.clone(),
            None => self.0.push(after.clone()),
        }
        Ok((answer, Some(Event::Saved { at, document: Document::from(after) })))
    }

    fn is_name_taken(&self, name: &str, except: Option<ExerciseId>) -> bool {
        let key = name_key(name);
        self.0.iter().any(|exercise| Some(exercise.id) != except && name_key(&exercise.name) == key)
    }
}
