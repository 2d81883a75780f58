//! Correcting a weight. Based on its previous content.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::weights::edit;
use training::{Document, EntityRef, Event, ProblemCode, Refusal, Weight, WeightDraft};

use super::{Act, Behaviour};
use crate::documents::entity;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct EditWeight {
    /// The new content.
    pub(crate) draft: WeightDraft,
    /// The previous content.
    pub(crate) base: WeightDraft,
}

impl Behaviour for EditWeight {
    fn request(&self, subject: EntityRef) -> Request {
        Request::new(Method::PUT, format!("/v1/weights/{}", subject.id), AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let before = weight(subject)?;
        let after = edit(before, None, &self.draft, by.at)?;
        if after == *before {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Saved { at: by.at, document: after.into() }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        newest.version_that_says::<Weight, _>(&self.base)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let weight: &Weight = subject.try_into().ok()?;
        Some(Self { base: weight.into(), ..self.clone() }.into())
    }

    fn entered(&self) -> Entered {
        Entered { weight: Some(self.draft.clone()), ..Entered::default() }
    }
}

/// The weight that an act is about.
pub(super) fn weight(subject: Option<&Document>) -> Result<&Weight, Refusal> {
    entity(subject).ok_or(Refusal::NotFound)
}
