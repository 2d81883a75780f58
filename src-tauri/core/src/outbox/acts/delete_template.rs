//! Deleting a template. Based on its content at the time.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::templates::delete;
use training::{Document, EntityRef, Event, ProblemCode, Refusal, Template, TemplateDraft};

use super::Act;
use super::Behaviour;
use super::edit_template::state;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeleteTemplate {
    /// Its content when the user deleted it.
    pub(crate) base: TemplateDraft,
}

impl Behaviour for DeleteTemplate {
    fn request(&self, subject: EntityRef) -> Request {
        Request::new(Method::DELETE, format!("/v1/templates/{}", subject.id), AnsweredWith::Subject)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let state = state(subject, by)?;
        delete(state)?;
        Ok(vec![Event::Removed { at: by.at, entity: EntityRef::of::<Template>(state.template.id) }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        newest.version_that_says::<Template, _>(&self.base)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let template: &Template = subject.try_into().ok()?;
        Some(Self { base: template.into() }.into())
    }
}
