//! Recreating a deleted draft under its old id and, if that is free, its old number: undoes the deletion.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::wire;
use training::{Command, Document, EntityRef, Event, ProblemCode, Refusal, Round, RoundPlan, Session};

use super::Behaviour;
use super::in_session::decide_in_session;
use crate::documents::entity;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RecreateRound {
    /// The draft as it was deleted.
    pub(crate) round: Box<Round>,
}

impl Behaviour for RecreateRound {
    fn request(&self, _: EntityRef) -> Request {
        let path = format!("/v1/rounds/{}", self.round.id);
        Request::new(Method::PUT, path, AnsweredWith::Round).with(&wire::EditRound::recreating(&self.round))
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let draft = &*self.round;
        if entity::<Session>(subject).is_some_and(|session| session.round(draft.id).is_some()) {
            // The server's event arrived before its answer.
            return Ok(Vec::new());
        }
        decide_in_session(subject, by, |_| Command::RecreateRound {
            round: draft.id,
            number: draft.number,
            last_version: draft.version,
            plan: RoundPlan::anew(draft),
            release: false,
        })
    }

    /// A round that does not exist has version 0.
    fn version_to_send_on(&self, _: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        Ok(Some(0))
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { plan: Some(RoundPlan::anew(&self.round)), ..Entered::default() }
    }
}
