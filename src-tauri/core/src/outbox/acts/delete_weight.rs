//! Deleting a weight. Based on its content at the time.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::weights::remove;
use training::{Document, EntityRef, Event, ProblemCode, Refusal, Weight, WeightDraft};

use super::edit_weight::weight;
use super::{Act, Behaviour};
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeleteWeight {
    /// Its content when the user deleted it.
    pub(crate) base: WeightDraft,
}

impl Behaviour for DeleteWeight {
    fn request(&self, subject: EntityRef) -> Request {
        Request::new(Method::DELETE, format!("/v1/weights/{}", subject.id), AnsweredWith::Subject)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let weight = weight(subject)?;
        remove(weight, None)?;
        Ok(vec![Event::Removed { at: by.at, entity: EntityRef::of::<Weight>(weight.id) }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        newest.version_that_says::<Weight, _>(&self.base)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let weight: &Weight = subject.try_into().ok()?;
        Some(Self { base: weight.into() }.into())
    }
}
