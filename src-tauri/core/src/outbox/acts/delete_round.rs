//! Deleting a draft. Based on its plan.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::{Command, Document, EntityRef, Event, ProblemCode, Refusal, RoundId, RoundPlan, Session};

use super::Act;
use super::Behaviour;
use super::in_session::{decide_in_session, version_of};
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeleteRound {
    /// Which draft.
    pub(crate) round: RoundId,
    /// Its plan when the user deleted it.
    pub(crate) base: RoundPlan,
}

impl Behaviour for DeleteRound {
    fn round(&self) -> Option<RoundId> {
        Some(self.round)
    }

    fn request(&self, _: EntityRef) -> Request {
        Request::new(Method::DELETE, format!("/v1/rounds/{}", self.round), AnsweredWith::Round)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let round = self.round;
        decide_in_session(subject, by, |session| Command::DeleteRound { round, version: version_of(session, round) })
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        version_planned_as(&self.base, self.round, newest)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let session: &Session = subject.try_into().ok()?;
        let base = session.round(self.round)?.into();
        Some(Self { base, ..self.clone() }.into())
    }
}

/// The newest version of a round, if its plan is still `base`.
pub(super) fn version_planned_as(
    base: &RoundPlan,
    round: RoundId,
    newest: &Newest<'_>,
) -> Result<Option<u64>, ProblemCode> {
    let newest = newest.round(round).ok_or(ProblemCode::NotFound)?;
    if base.is_same_as(&newest.into()) { Ok(Some(newest.version)) } else { Err(ProblemCode::VersionMismatch) }
}
