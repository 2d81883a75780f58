//! Creating an exercise anew that was deleted, under the id it had: the deletion is undone.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::library::{ExerciseDraft, recreate};
use training::{Document, EntityRef, Event, ExerciseId, ProblemCode, Refusal};

use crate::outbox::act::{AnsweredWith, Behaviour, Entered, Newest, Request};
use crate::outbox::projection::Deciding;

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RecreateExercise {
    /// Which.
    pub(crate) exercise: ExerciseId,
    /// What it is.
    pub(crate) draft: ExerciseDraft,
}

impl Behaviour for RecreateExercise {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/exercises/{}", subject.id);
        Request::new(Method::PUT, path, AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        if subject.is_some() {
            // The server's event came before its answer.
            return Ok(Vec::new());
        }
        let is_taken = by.is_exercise_named(&self.draft.name, Some(self.exercise));
        let exercise = recreate(self.exercise, 0, &self.draft, is_taken)?;
        Ok(vec![Event::Saved { at: by.at, document: exercise.into() }])
    }

    /// What isn't there has version 0.
    fn version_to_send_on(&self, _: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        Ok(Some(0))
    }

    fn makes_something(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { exercise: Some(self.draft.clone()), ..Entered::default() }
    }
}
