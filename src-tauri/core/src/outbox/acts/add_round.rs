//! Adding a round, as a draft or released in the same act.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::wire::SaveRound;
use training::{Command, Document, EntityRef, Event, Refusal, RoundPlan, Session};

use super::Act;
use super::Behaviour;
use super::in_session::decide_in_session;
use crate::documents::entity;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AddRound {
    /// The plan.
    pub(crate) plan: RoundPlan,
    /// Whether it is released in the same act.
    pub(crate) release: bool,
}

impl Behaviour for AddRound {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/sessions/{}/rounds", subject.id);
        let body = SaveRound::new(self.plan.clone(), self.release);
        Request::new(Method::POST, path, AnsweredWith::Round).with(&body)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let (plan, release) = (self.plan.clone(), self.release);
        let events = decide_in_session(subject, by, |_| Command::AddRound { plan, release })?;
        // The round may already exist: the server's event can arrive before its answer.
        let session = entity::<Session>(subject);
        let made = events.first().and_then(Event::round_id);
        let is_there = made.is_some_and(|made| session.is_some_and(|session| session.round(made).is_some()));
        Ok(if is_there { Vec::new() } else { events })
    }

    fn first_half(&self) -> Option<Act> {
        self.release.then(|| Self { plan: self.plan.clone(), release: false }.into())
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { plan: Some(self.plan.clone()), ..Entered::default() }
    }
}
