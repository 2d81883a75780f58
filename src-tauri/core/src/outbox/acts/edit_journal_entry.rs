//! Editing an entry of a journal. Based on its previous content.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::notes::{JournalDraft, JournalSize, edit};
use training::{Document, EntityRef, Event, JournalEntry, ProblemCode, Refusal};

use super::{Act, Behaviour};
use crate::documents::entity;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct EditJournalEntry {
    /// The new content.
    pub(crate) draft: JournalDraft,
    /// The previous content.
    pub(crate) base: JournalDraft,
}

impl Behaviour for EditJournalEntry {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/journal/{}", subject.id);
        Request::new(Method::PUT, path, AnsweredWith::Subject).with(&self.draft)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let before = journal_entry(subject)?;
        // Only the server knows how many others there are.
        let entry = edit(before, None, &self.draft, JournalSize::default())?;
        if entry == *before {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Saved { at: by.at, document: entry.into() }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        newest.version_that_says::<JournalEntry, _>(&self.base)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let entry: &JournalEntry = subject.try_into().ok()?;
        Some(Self { base: entry.into(), ..self.clone() }.into())
    }

    fn entered(&self) -> Entered {
        Entered { journal: Some(self.draft.clone()), ..Entered::default() }
    }
}

/// The entry that an act is about.
pub(super) fn journal_entry(subject: Option<&Document>) -> Result<&JournalEntry, Refusal> {
    entity(subject).ok_or(Refusal::NotFound)
}
