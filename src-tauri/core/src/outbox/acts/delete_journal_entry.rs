//! Deleting an entry of a journal. Based on its content at the time.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::notes::{JournalDraft, remove};
use training::{Document, EntityRef, Event, JournalEntry, ProblemCode, Refusal};

use super::edit_journal_entry::journal_entry;
use super::{Act, Behaviour};
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeleteJournalEntry {
    /// Its content when the user deleted it.
    pub(crate) base: JournalDraft,
}

impl Behaviour for DeleteJournalEntry {
    fn request(&self, subject: EntityRef) -> Request {
        Request::new(Method::DELETE, format!("/v1/journal/{}", subject.id), AnsweredWith::Subject)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let entry = journal_entry(subject)?;
        remove(entry, None)?;
        Ok(vec![Event::Removed { at: by.at, entity: EntityRef::of::<JournalEntry>(entry.id) }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        newest.version_that_says::<JournalEntry, _>(&self.base)
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let entry: &JournalEntry = subject.try_into().ok()?;
        Some(Self { base: entry.into() }.into())
    }
}
