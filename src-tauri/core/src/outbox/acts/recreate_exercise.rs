//! Recreating a deleted exercise under its old id: undoes the deletion.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::library::{ExerciseDraft, recreate};
use training::{Document, EntityRef, Event, ExerciseId, ProblemCode, Refusal};

use super::Behaviour;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RecreateExercise {
    /// Which exercise.
    pub(crate) exercise: ExerciseId,
    /// Its content.
    pub(crate) draft: ExerciseDraft,
}

impl Behaviour for RecreateExercise {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/exercises/{}", subject.id);
        Request::new(Method::PUT, path, AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        if subject.is_some() {
            // The server's event arrived before its answer.
            return Ok(Vec::new());
        }
        let is_taken = by.is_exercise_named(&self.draft.name, Some(self.exercise));
        let exercise = recreate(self.exercise, 0, &self.draft, is_taken)?;
        Ok(vec![Event::Saved { at: by.at, document: exercise.into() }])
    }

    /// An exercise that does not exist has version 0.
    fn version_to_send_on(&self, _: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        Ok(Some(0))
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { exercise: Some(self.draft.clone()), ..Entered::default() }
    }
}
