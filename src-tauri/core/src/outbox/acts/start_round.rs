//! Starting a round.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::{Command, Document, EntityRef, Event, Refusal, RoundId};

use super::Behaviour;
use super::in_session::decide_in_session;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StartRound {
    /// Which round.
    pub(crate) round: RoundId,
}

impl Behaviour for StartRound {
    fn round(&self) -> Option<RoundId> {
        Some(self.round)
    }

    fn request(&self, _: EntityRef) -> Request {
        Request::new(Method::POST, format!("/v1/rounds/{}/start", self.round), AnsweredWith::Round)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        decide_in_session(subject, by, |_| Command::StartRound(self.round))
    }
}
