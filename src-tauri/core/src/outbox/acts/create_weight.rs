//! Entering what the person weighs.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::weights::create;
use training::{Document, EntityRef, Event, Refusal, UserId, WeightDraft, WeightId};

use super::Behaviour;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CreateWeight {
    /// Whose.
    pub(crate) athlete: UserId,
    /// What they enter. It says when: the act may be sent much later.
    pub(crate) draft: WeightDraft,
}

impl Behaviour for CreateWeight {
    fn request(&self, _: EntityRef) -> Request {
        let path = format!("/v1/athletes/{}/weights", self.athlete);
        Request::new(Method::POST, path, AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        if subject.is_some() {
            // The server's event arrived before its answer.
            return Ok(Vec::new());
        }
        let id = WeightId(by.ids().make());
        // Only the server knows how many others there are.
        let weight = create(id, self.athlete, &self.draft, by.at, 0)?;
        Ok(vec![Event::Saved { at: by.at, document: weight.into() }])
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { weight: Some(self.draft.clone()), ..Entered::default() }
    }
}
