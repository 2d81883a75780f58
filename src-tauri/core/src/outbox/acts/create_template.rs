//! Creating a template.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::templates::create;
use training::{Document, EntityRef, Event, Refusal, TemplateDraft, TemplateId};

use super::Behaviour;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CreateTemplate {
    /// Its content.
    pub(crate) draft: TemplateDraft,
}

impl Behaviour for CreateTemplate {
    fn request(&self, _: EntityRef) -> Request {
        Request::new(Method::POST, "/v1/templates".to_owned(), AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        if subject.is_some() {
            // The server's event arrived before its answer.
            return Ok(Vec::new());
        }
        let id = TemplateId(by.ids().make());
        let template = create(id, by.person(), &self.draft, &|id| by.exercise(id).is_some())?;
        Ok(vec![Event::Saved { at: by.at, document: template.into() }])
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { template: Some(self.draft.clone()), ..Entered::default() }
    }
}
