//! Ticking off an exercise with the actual values, or removing the tick.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::{Command, Document, EntityRef, Event, ItemId, Refusal, RoundId, Values, wire};

use super::Behaviour;
use super::in_session::decide_in_session;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LogExercise {
    /// Which round.
    pub(crate) round: RoundId,
    /// Which exercise of it.
    pub(crate) item: ItemId,
    /// The actual values; `None` removes the tick.
    pub(crate) actual: Option<Values>,
}

impl Behaviour for LogExercise {
    fn round(&self) -> Option<RoundId> {
        Some(self.round)
    }

    fn request(&self, _: EntityRef) -> Request {
        let path = format!("/v1/rounds/{}/exercises/{}/log", self.round, self.item);
        Request::new(Method::PUT, path, AnsweredWith::Round).with(&wire::LogExercise { actual: self.actual })
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let &Self { round, item, actual } = self;
        decide_in_session(subject, by, |_| Command::LogExercise { round, item, actual })
    }
}
