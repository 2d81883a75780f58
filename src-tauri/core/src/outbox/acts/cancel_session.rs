//! Ending a session early.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::{Command, Document, EntityRef, Event, Refusal, wire};

use super::Behaviour;
use super::in_session::decide_in_session;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CancelSession {
    /// Why, in the user's words.
    pub(crate) reason: Option<String>,
}

impl Behaviour for CancelSession {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/sessions/{}/cancel", subject.id);
        let body = wire::CancelSession { reason: self.reason.clone() };
        Request::new(Method::POST, path, AnsweredWith::Subject).with(&body)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        decide_in_session(subject, by, |_| Command::Cancel { reason: self.reason.clone() })
    }
}
