//! Editing a round. Based on its previous plan: what the athlete entered meanwhile does not count.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::wire;
use training::{Command, Document, EntityRef, Event, ProblemCode, Refusal, RoundId, RoundPlan, Session};

use super::Act;
use super::Behaviour;
use super::in_session::{decide_in_session, version_of};
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct EditRound {
    /// Which round.
    pub(crate) round: RoundId,
    /// The new plan.
    pub(crate) plan: RoundPlan,
    /// Whether it is released in the same act.
    pub(crate) release: bool,
    /// The previous plan.
    pub(crate) base: RoundPlan,
}

impl Behaviour for EditRound {
    fn round(&self) -> Option<RoundId> {
        Some(self.round)
    }

    fn request(&self, _: EntityRef) -> Request {
        let body = wire::EditRound::new(self.plan.clone(), self.release);
        Request::new(Method::PUT, format!("/v1/rounds/{}", self.round), AnsweredWith::Round).with(&body)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let Self { round, plan, release, .. } = self.clone();
        decide_in_session(subject, by, |session| Command::EditRound {
            round,
            version: version_of(session, round),
            plan,
            release,
        })
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        super::delete_round::version_planned_as(&self.base, self.round, newest)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let session: &Session = subject.try_into().ok()?;
        let base = session.round(self.round)?.into();
        Some(Self { base, ..self.clone() }.into())
    }

    fn entered(&self) -> Entered {
        Entered { plan: Some(self.plan.clone()), ..Entered::default() }
    }
}
