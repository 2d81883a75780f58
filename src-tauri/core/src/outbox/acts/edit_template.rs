//! Editing a template. Based on its previous content.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::templates::{TemplateState, edit};
use training::{Document, EntityRef, Event, ProblemCode, Refusal, Template, TemplateDraft};

use super::Act;
use super::Behaviour;
use crate::documents::entity;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct EditTemplate {
    /// The new content.
    pub(crate) draft: TemplateDraft,
    /// The previous content.
    pub(crate) base: TemplateDraft,
}

impl Behaviour for EditTemplate {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/templates/{}", subject.id);
        Request::new(Method::PUT, path, AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let edited = edit(state(subject, by)?, &self.draft, &|id| by.exercise(id).is_some())?;
        Ok(vec![Event::Saved { at: by.at, document: edited.into() }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        newest.version_that_says::<Template, _>(&self.base)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let template: &Template = subject.try_into().ok()?;
        Some(Self { base: template.into(), ..self.clone() }.into())
    }

    fn entered(&self) -> Entered {
        Entered { template: Some(self.draft.clone()), ..Entered::default() }
    }
}

/// The template that an act is about, as it is.
pub(super) fn state<'a>(subject: Option<&'a Document>, by: &DecisionContext<'_>) -> Result<TemplateState<'a>, Refusal> {
    let template: &Template = entity(subject).ok_or(Refusal::NotFound)?;
    Ok(TemplateState { template, by: by.me.id, based_on: None })
}
