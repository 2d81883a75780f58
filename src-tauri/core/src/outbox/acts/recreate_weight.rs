//! Recreating a deleted weight under its old id: undoes the deletion.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::weights::recreate;
use training::{Document, EntityRef, Event, ProblemCode, Refusal, Weight, WeightDraft};

use super::Behaviour;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RecreateWeight {
    /// The weight as it was deleted.
    pub(crate) weight: Weight,
}

impl RecreateWeight {
    fn draft(&self) -> WeightDraft {
        (&self.weight).into()
    }
}

impl Behaviour for RecreateWeight {
    fn request(&self, subject: EntityRef) -> Request {
        Request::new(Method::PUT, format!("/v1/weights/{}", subject.id), AnsweredWith::Subject).with(&self.draft())
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        if subject.is_some() {
            // The server's event arrived before its answer.
            return Ok(Vec::new());
        }
        let weight = recreate(&self.weight, 0, &self.draft(), by.at, 0)?;
        Ok(vec![Event::Saved { at: by.at, document: weight.into() }])
    }

    /// A weight that does not exist has version 0.
    fn version_to_send_on(&self, _: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        Ok(Some(0))
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { weight: Some(self.draft()), ..Entered::default() }
    }
}
