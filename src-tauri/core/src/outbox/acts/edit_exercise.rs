//! Editing an exercise of the library. Based on its previous content.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::library::{ExerciseDraft, ExerciseState, edit};
use training::{Document, EntityRef, Event, Exercise, ProblemCode, Refusal};

use super::Act;
use super::Behaviour;
use crate::documents::entity;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct EditExercise {
    /// The new content.
    pub(crate) draft: ExerciseDraft,
    /// The previous content.
    pub(crate) base: ExerciseDraft,
}

impl Behaviour for EditExercise {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/exercises/{}", subject.id);
        Request::new(Method::PUT, path, AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let exercise = exercise(subject)?;
        let is_taken = by.is_exercise_named(&self.draft.name, Some(exercise.id));
        let edited = edit(ExerciseState { exercise, based_on: None }, &self.draft, is_taken)?;
        Ok(vec![Event::Saved { at: by.at, document: edited.into() }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        version_described_as(&self.base, newest)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let exercise: &Exercise = subject.try_into().ok()?;
        Some(Self { base: exercise.into(), ..self.clone() }.into())
    }

    fn entered(&self) -> Entered {
        Entered { exercise: Some(self.draft.clone()), ..Entered::default() }
    }
}

/// The exercise that an act is about.
pub(super) fn exercise(subject: Option<&Document>) -> Result<&Exercise, Refusal> {
    entity(subject).ok_or(Refusal::NotFound)
}

/// The newest version of an exercise, if its content is still `base`.
pub(super) fn version_described_as(base: &ExerciseDraft, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
    let newest: &Exercise = entity(newest.document()).ok_or(ProblemCode::NotFound)?;
    if *base == ExerciseDraft::from(newest) { Ok(Some(newest.version)) } else { Err(ProblemCode::VersionMismatch) }
}
