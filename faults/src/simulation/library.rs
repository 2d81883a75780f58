//! The model's exercise library: the rules from `training`, and who is told about changes.

use http::Method;
use training::library::{ExerciseDraft, ExerciseState, archive, create, edit, name_key, recreate, restore};
use training::{Document, EntityRef, Event, Exercise, ExerciseId, ProblemCode, Refusal, UserId};

use super::answer::Answer;
use super::request::{Sent, json};
use super::server::State;

/// A request to the library.
#[derive(Clone)]
pub(super) enum LibraryOrder {
    Create(ExerciseDraft),
    Edit(ExerciseId, u64, ExerciseDraft),
    Archive(ExerciseId, u64),
    Restore(ExerciseId),
}

impl LibraryOrder {
    /// Parses a request to `path`, below `/v1/exercises`.
    pub(super) fn read(method: &Method, path: &[&str], version: Option<u64>, bytes: &[u8]) -> Option<Self> {
        let id = |id: &str| id.parse::<ExerciseId>().ok();
        match (method, path) {
            (&Method::POST, []) => Some(Self::Create(json(bytes)?)),
            (&Method::PUT, [exercise]) => Some(Self::Edit(id(exercise)?, version?, json(bytes)?)),
            (&Method::DELETE, [exercise]) => Some(Self::Archive(id(exercise)?, version?)),
            (&Method::POST, [exercise, "restore"]) => Some(Self::Restore(id(exercise)?)),
            _ => None,
        }
    }
}

impl State {
    /// Performs a library request, which is for staff only.
    pub(super) fn keep_library(&mut self, user: UserId, sent: &Sent, order: &LibraryOrder) -> Result<Answer, Refusal> {
        if !self.account(user).is_staff() {
            return Err(Refusal::NotYourPart);
        }
        let is_taken = |exercises: &[Exercise], name: &str, but: Option<ExerciseId>| {
            let same = |known: &Exercise| name_key(&known.name) == name_key(name);
            exercises.iter().any(|known| Some(known.id) != but && same(known))
        };
        let before = |exercises: &[Exercise], id: ExerciseId| {
            exercises.iter().find(|exercise| exercise.id == id).cloned().ok_or(Refusal::NotFound)
        };
        let exercises = &self.exercises;
        let (status, after) = match order {
            LibraryOrder::Create(draft) => {
                let id = ExerciseId(sent.key.expect("an act has a key"));
                (201, create(id, draft, is_taken(exercises, &draft.name, None))?)
            }
            LibraryOrder::Edit(id, version, draft) if exercises.iter().all(|exercise| exercise.id != *id) => {
                (201, recreate(*id, *version, draft, is_taken(exercises, &draft.name, Some(*id)))?)
            }
            LibraryOrder::Edit(id, version, draft) => {
                let before = before(exercises, *id)?;
                let state = ExerciseState { exercise: &before, based_on: Some(*version) };
                (200, edit(state, draft, is_taken(exercises, &draft.name, Some(*id)))?)
            }
            LibraryOrder::Archive(id, version) => {
                let before = before(exercises, *id)?;
                let archived = archive(ExerciseState { exercise: &before, based_on: Some(*version) })?;
                if !self.is_in_use(*id) {
                    self.exercises.retain(|exercise| exercise.id != *id);
                    let entity = EntityRef::of::<Exercise>(*id);
                    self.announce(&self.staff(), &Event::Removed { at: self.now(), entity });
                    return Ok(Answer::empty(204));
                }
                (200, archived)
            }
            LibraryOrder::Restore(id) => (200, restore(&before(exercises, *id)?)),
        };
        match self.exercises.iter_mut().find(|exercise| exercise.id == after.id) {
            Some(known) if *known == after => return Ok(Answer::json(status, &after)),
            Some(known) => *known = after.clone(),
            None => self.exercises.push(after.clone()),
        }
        let document = Document::from(after.clone());
        self.announce(&self.staff(), &Event::Saved { at: self.now(), document });
        Ok(Answer::json(status, &after))
    }

    fn is_in_use(&self, id: ExerciseId) -> bool {
        let rounds = self.sessions.values().flat_map(|(session, _)| &session.rounds);
        rounds.flat_map(|round| &round.exercises).any(|exercise| exercise.exercise_id == id)
    }

    fn staff(&self) -> Vec<UserId> {
        self.people.iter().filter(|person| person.is_staff()).map(|person| person.id).collect()
    }
}

/// The problem code for a refusal.
pub(super) fn refused(refusal: &Refusal) -> ProblemCode {
    match refusal {
        Refusal::NotYourPart => ProblemCode::RoleForbidden,
        other => ProblemCode::from(other),
    }
}
