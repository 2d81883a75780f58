//! Adding an exercise to the library.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::library::{ExerciseDraft, create};
use training::{Document, EntityRef, Event, ExerciseId, Refusal};

use super::Behaviour;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CreateExercise {
    /// Its content.
    pub(crate) draft: ExerciseDraft,
}

impl Behaviour for CreateExercise {
    fn request(&self, _: EntityRef) -> Request {
        Request::new(Method::POST, "/v1/exercises".to_owned(), AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        if subject.is_some() {
            // The server's event arrived before its answer.
            return Ok(Vec::new());
        }
        let id = ExerciseId(by.ids().make());
        let exercise = create(id, &self.draft, by.is_exercise_named(&self.draft.name, Some(id)))?;
        Ok(vec![Event::Saved { at: by.at, document: exercise.into() }])
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { exercise: Some(self.draft.clone()), ..Entered::default() }
    }
}
