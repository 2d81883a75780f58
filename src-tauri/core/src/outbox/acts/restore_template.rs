//! Recreating a deleted template under its old id: undoes the deletion.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::templates::recreate;
use training::{Document, EntityRef, Event, ProblemCode, Refusal, Template, TemplateDraft, TemplateId};

use super::Behaviour;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RestoreTemplate {
    /// Which template.
    pub(crate) template: TemplateId,
    /// Its content.
    pub(crate) draft: TemplateDraft,
    /// Its version when it was deleted. Acts stored before this field say none.
    #[serde(default)]
    pub(crate) version: u64,
}

impl Behaviour for RestoreTemplate {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/templates/{}", subject.id);
        Request::new(Method::PUT, path, AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        if subject.is_some() {
            // The server's event arrived before its answer.
            return Ok(Vec::new());
        }
        let knows = |id| by.exercise(id).is_some();
        let before = Template::without_content(self.template, by.person(), self.version);
        let template = recreate(before, 0, &self.draft, &knows)?;
        Ok(vec![Event::Saved { at: by.at, document: template.into() }])
    }

    /// A template that does not exist has version 0.
    fn version_to_send_on(&self, _: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        Ok(Some(0))
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { template: Some(self.draft.clone()), ..Entered::default() }
    }
}
