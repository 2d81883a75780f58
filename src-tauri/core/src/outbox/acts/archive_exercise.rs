//! Archiving an exercise of the library. Based on its content at the time.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::library::{ExerciseDraft, ExerciseState, archive};
use training::{Document, EntityRef, Event, Exercise, ProblemCode, Refusal};

use super::Act;
use super::Behaviour;
use super::edit_exercise::{exercise, version_described_as};
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ArchiveExercise {
    /// Its content when the user archived it.
    pub(crate) base: ExerciseDraft,
}

impl Behaviour for ArchiveExercise {
    fn request(&self, subject: EntityRef) -> Request {
        Request::new(Method::DELETE, format!("/v1/exercises/{}", subject.id), AnsweredWith::Subject)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let archived = archive(ExerciseState { exercise: exercise(subject)?, based_on: None })?;
        Ok(vec![Event::Saved { at: by.at, document: archived.into() }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        version_described_as(&self.base, newest)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let exercise: &Exercise = subject.try_into().ok()?;
        Some(Self { base: exercise.into() }.into())
    }
}
