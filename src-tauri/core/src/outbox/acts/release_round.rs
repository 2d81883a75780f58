//! Releasing a draft to the athlete.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::{Command, Document, EntityRef, Event, Refusal, RoundId};

use super::Behaviour;
use super::in_session::decide_in_session;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ReleaseRound {
    /// Which draft.
    pub(crate) round: RoundId,
}

impl Behaviour for ReleaseRound {
    fn round(&self) -> Option<RoundId> {
        Some(self.round)
    }

    fn request(&self, _: EntityRef) -> Request {
        Request::new(Method::POST, format!("/v1/rounds/{}/release", self.round), AnsweredWith::Round)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        decide_in_session(subject, by, |_| Command::ReleaseRound(self.round))
    }
}
