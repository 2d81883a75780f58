//! Recreating a deleted entry of a journal under its old id: undoes the deletion.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::notes::{JournalDraft, JournalSize, recreate};
use training::{Document, EntityRef, Event, JournalEntry, ProblemCode, Refusal};

use super::Behaviour;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RecreateJournalEntry {
    /// The entry as it was deleted.
    pub(crate) entry: Box<JournalEntry>,
}

impl RecreateJournalEntry {
    fn draft(&self) -> JournalDraft {
        JournalDraft::from(&*self.entry)
    }
}

impl Behaviour for RecreateJournalEntry {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/journal/{}", subject.id);
        Request::new(Method::PUT, path, AnsweredWith::Subject).with(&self.draft())
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        if subject.is_some() {
            // The server's event arrived before its answer.
            return Ok(Vec::new());
        }
        let entry = recreate((*self.entry).clone(), 0, &self.draft(), JournalSize::default())?;
        Ok(vec![Event::Saved { at: by.at, document: entry.into() }])
    }

    /// An entry that does not exist has version 0.
    fn version_to_send_on(&self, _: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        Ok(Some(0))
    }

    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { athlete: Some(self.entry.athlete_id), journal: Some(self.draft()), ..Entered::default() }
    }
}
