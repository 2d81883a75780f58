//! Writing an entry of the journal about an athlete.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::notes::{JournalDraft, JournalSize, Writing, create};
use training::{Document, EntityRef, Event, JournalEntryId, Person, Refusal, UserId};

use super::Behaviour;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CreateJournalEntry {
    /// About whom.
    pub(crate) athlete: UserId,
    /// Its content.
    pub(crate) draft: JournalDraft,
}

impl Behaviour for CreateJournalEntry {
    fn request(&self, _: EntityRef) -> Request {
        let path = format!("/v1/athletes/{}/journal", self.athlete);
        Request::new(Method::POST, path, AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        if subject.is_some() {
            // The server's event arrived before its answer.
            return Ok(Vec::new());
        }
        let id = JournalEntryId(by.ids().make());
        let author = Person { id: by.me.id, name: by.me.name.clone() };
        let writing = Writing { athlete_id: self.athlete, by: author, at: by.at };
        // Only the server knows how many others there are.
        let entry = create(id, writing, &self.draft, JournalSize::default())?;
        Ok(vec![Event::Saved { at: by.at, document: entry.into() }])
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { athlete: Some(self.athlete), journal: Some(self.draft.clone()), ..Entered::default() }
    }
}
