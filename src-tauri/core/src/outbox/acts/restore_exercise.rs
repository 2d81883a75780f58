//! Restoring an archived exercise to the library.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::library::{ExerciseDraft, restore};
use training::{Document, EntityRef, Event, Refusal};

use super::Behaviour;
use super::edit_exercise::exercise;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RestoreExercise {
    /// Its content, in case archiving deleted it because no round used it.
    pub(crate) draft: ExerciseDraft,
}

impl Behaviour for RestoreExercise {
    fn request(&self, subject: EntityRef) -> Request {
        Request::new(Method::POST, format!("/v1/exercises/{}/restore", subject.id), AnsweredWith::Subject)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![Event::Saved { at: by.at, document: restore(exercise(subject)?).into() }])
    }

    fn entered(&self) -> Entered {
        Entered { exercise: Some(self.draft.clone()), ..Entered::default() }
    }
}
