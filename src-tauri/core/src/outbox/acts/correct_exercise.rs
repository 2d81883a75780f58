//! Correcting what was noted of an exercise. Based on what was noted before: what else changed in the round does not
//! count.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::{Command, Document, EntityRef, Event, ItemId, ProblemCode, Refusal, RoundId, Session, Values, wire};

use super::Act;
use super::in_session::{decide_in_session, version_of};
use super::Behaviour;
use crate::bridge::EnteredCorrection;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};
use crate::outbox::decision::DecisionContext;

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CorrectExercise {
    /// Which round.
    pub(crate) round: RoundId,
    /// Which exercise of it.
    pub(crate) item: ItemId,
    /// What was really done.
    pub(crate) actual: Values,
    /// Why.
    pub(crate) reason: Option<String>,
    /// What was noted before.
    pub(crate) base: Option<Values>,
}

impl Behaviour for CorrectExercise {
    fn round(&self) -> Option<RoundId> {
        Some(self.round)
    }

    fn request(&self, _: EntityRef) -> Request {
        let path = path(self.round, self.item);
        let body = wire::CorrectExercise { actual: self.actual, reason: self.reason.clone() };
        Request::new(Method::PATCH, path, AnsweredWith::Round).with(&body)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let Self { round, item, actual, reason, .. } = self.clone();
        decide_in_session(subject, by, |session| {
            Command::CorrectExercise { round, item, version: version_of(session, round), actual, reason }
        })
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        let round = newest.round(self.round).ok_or(ProblemCode::NotFound)?;
        let noted = round.exercises.iter().find(|exercise| exercise.id == self.item).ok_or(ProblemCode::NotFound)?;
        if noted.actual == self.base { Ok(Some(round.version)) } else { Err(ProblemCode::VersionMismatch) }
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let session: &Session = subject.try_into().ok()?;
        let exercises = &session.round(self.round)?.exercises;
        let base = exercises.iter().find(|exercise| exercise.id == self.item)?.actual;
        Some(Self { base, ..self.clone() }.into())
    }

    fn outlives_session(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        let correction = EnteredCorrection { item_id: self.item, actual: self.actual, reason: self.reason.clone() };
        Entered { correction: Some(correction), ..Entered::default() }
    }
}

/// Where a correction is sent.
pub(crate) fn path(round: RoundId, item: ItemId) -> String {
    format!("/v1/rounds/{round}/exercises/{item}/actual")
}
