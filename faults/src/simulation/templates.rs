//! The model's templates: the rules from `training`, on templates in memory.

use training::templates::{TemplateCount, TemplateRoom, TemplateState, create, delete, edit, recreate};
use training::{Document, EntityRef, Event, ExerciseId, Person, Refusal, Template, TemplateId, Timestamp, UserId};
use uuid::Uuid;

use super::answer::Answer;
use super::request::TemplateCommand;

/// See the module.
#[derive(Default)]
pub(super) struct Templates {
    present: Vec<Template>,
    /// As they were when they were deleted.
    deleted: Vec<Template>,
}

/// Who sends a command, when, and the id of what it creates.
pub(super) struct Sender {
    pub(super) person: Person,
    pub(super) at: Timestamp,
    pub(super) new_id: Uuid,
}

impl Templates {
    /// All templates.
    pub(super) fn all(&self) -> &[Template] {
        &self.present
    }

    /// Those that a trainer sees.
    pub(super) fn seen_by(&self, trainer: UserId) -> Vec<Template> {
        self.present.iter().filter(|template| template.is_seen_by(trainer)).cloned().collect()
    }

    /// Whether one of them has this exercise.
    pub(super) fn have(&self, id: ExerciseId) -> bool {
        let rounds = self.present.iter().flat_map(|template| &template.rounds);
        rounds.flat_map(|round| &round.exercises).any(|exercise| exercise.exercise_id == id)
    }

    /// Performs a command. Returns the answer, and for each of `trainers` who is told something, what.
    pub(super) fn perform(
        &mut self,
        command: &TemplateCommand,
        by: &Sender,
        trainers: &[UserId],
        knows: &dyn Fn(ExerciseId) -> bool,
    ) -> Result<(Answer, Vec<(UserId, Event)>), Refusal> {
        let id = command.id().unwrap_or(TemplateId(by.new_id));
        let before = self.present.iter().find(|template| template.id == id).cloned();
        let seen = before.as_ref().filter(|template| template.is_seen_by(by.person.id));
        let state = |template, version| TemplateState { template, by: by.person.id, based_on: Some(version) };
        let after = match (command, seen) {
            (TemplateCommand::Create(draft), _) => Some(create(id, by.person.clone(), draft, knows)?),
            (TemplateCommand::Edit(_, version, draft), Some(stored)) => {
                Some(edit(state(stored, *version), draft, knows)?)
            }
            (TemplateCommand::Edit(_, version, draft), None) if before.is_none() => {
                let deleted = self.deleted.iter().find(|template| template.id == id).cloned();
                if deleted.as_ref().is_some_and(|deleted| deleted.owner.id != by.person.id) {
                    return Err(Refusal::NotFound);
                }
                let deleted = deleted.unwrap_or_else(|| Template::without_content(id, by.person.clone(), 0));
                Some(recreate(deleted, *version, draft, knows)?)
            }
            (TemplateCommand::Delete(_, version), Some(stored)) => {
                delete(state(stored, *version))?;
                None
            }
            _ => return Err(Refusal::NotFound),
        };
        if let Some(after) = &after {
            self.room_of(by.person.id).check(before.as_ref(), after)?;
        }
        let answer = match &after {
            Some(after) => Answer::json(if before.is_some() { 200 } else { 201 }, after),
            None => Answer::empty(204),
        };
        self.present.retain(|template| template.id != id);
        match (&before, &after) {
            (_, Some(after)) => self.present.push(after.clone()),
            (Some(before), None) => {
                self.deleted.retain(|template| template.id != id);
                self.deleted.push(before.clone());
            }
            (None, None) => {}
        }
        let told = |trainer: &UserId| Some((*trainer, event(*trainer, before.as_ref(), after.as_ref(), by.at)?));
        Ok((answer, trainers.iter().filter_map(told).collect()))
    }

    fn room_of(&self, owner: UserId) -> TemplateRoom {
        let count = |templates| TemplateCount { templates, chars: 0 };
        // What people do here is far too little to count its characters.
        TemplateRoom {
            own: count(self.present.iter().filter(|template| template.owner.id == owner).count()),
            shared: count(self.present.iter().filter(|template| template.shared).count()),
        }
    }
}

/// What a trainer is told of a change.
fn event(trainer: UserId, before: Option<&Template>, after: Option<&Template>, at: Timestamp) -> Option<Event> {
    if let Some(after) = after.filter(|template| template.is_seen_by(trainer)) {
        return Some(Event::Saved { at, document: Document::from(after.clone()) });
    }
    let gone = before.filter(|template| template.is_seen_by(trainer))?;
    Some(Event::Removed { at, entity: EntityRef::of::<Template>(gone.id) })
}
