//! Completing a round with feedback for every exercise.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::{Command, Document, EntityRef, Event, ExerciseReport, Refusal, RoundId, wire};

use super::Behaviour;
use super::in_session::decide_in_session;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CompleteRound {
    /// Which round.
    pub(crate) round: RoundId,
    /// One report for each exercise.
    pub(crate) reports: Vec<ExerciseReport>,
    /// Sent once more after the session ended, which this client could not know.
    #[serde(default)]
    pub(crate) late: bool,
}

impl Behaviour for CompleteRound {
    fn round(&self) -> Option<RoundId> {
        Some(self.round)
    }

    fn request(&self, _: EntityRef) -> Request {
        let path = format!("/v1/rounds/{}/{}", self.round, if self.late { "late-feedback" } else { "complete" });
        let body = wire::CompleteRound { exercises: self.reports.clone() };
        Request::new(Method::POST, path, AnsweredWith::Round).with(&body)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let Self { round, reports, late } = self.clone();
        decide_in_session(subject, by, |_| Command::CompleteRound { round, reports, late })
    }

    fn entered(&self) -> Entered {
        Entered { reports: self.reports.clone(), ..Entered::default() }
    }
}
