//! Saving the private note on a session. Based on the text that was there: two devices never overwrite each other's.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::notes::{NoteDraft, save_note};
use training::{Document, EntityRef, Event, Note, ProblemCode, Refusal, SessionId};

use super::{Act, Behaviour};
use crate::documents::entity;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SaveNote {
    /// Which session it is on.
    pub(crate) session: SessionId,
    /// The new text.
    pub(crate) text: String,
    /// The text before, if this device had the note.
    pub(crate) base: Option<String>,
    /// The version before, as far as the window knew.
    pub(crate) version: u64,
}

impl Behaviour for SaveNote {
    fn request(&self, subject: EntityRef) -> Request {
        let path = format!("/v1/sessions/{}/note", subject.id);
        Request::new(Method::PUT, path, AnsweredWith::Subject).with(&NoteDraft { text: self.text.clone() })
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let before = entity::<Note>(subject);
        if before.is_some_and(|before| before.text == self.text) {
            return Ok(Vec::new());
        }
        let blank = Note::blank(self.session);
        let note = save_note(before.unwrap_or(&blank), None, &self.text)?;
        Ok(vec![Event::Saved { at: by.at, document: note.into() }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        let Some(note) = entity::<Note>(newest.document()) else { return Ok(Some(self.version)) };
        let is_its_base = match &self.base {
            Some(base) => *base == note.text,
            None => self.version == note.version,
        };
        if is_its_base { Ok(Some(note.version)) } else { Err(ProblemCode::VersionMismatch) }
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let note: &Note = subject.try_into().ok()?;
        Some(Self { base: Some(note.text.clone()), version: note.version, ..self.clone() }.into())
    }

    /// It may be the first note on its session.
    fn creates(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        Entered { note: Some(self.text.clone()), ..Entered::default() }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn note(text: &str, version: u64) -> Document {
        Note { session_id: SessionId(Uuid::nil()), text: text.to_owned(), version }.into()
    }

    fn act(base: Option<&str>, version: u64) -> SaveNote {
        let base = base.map(str::to_owned);
        SaveNote { session: SessionId(Uuid::nil()), text: "mine".to_owned(), base, version }
    }

    fn sent_on(act: &SaveNote, stored: Option<&Document>) -> Result<Option<u64>, ProblemCode> {
        act.version_to_send_on(&Newest { stored, answers: Vec::new() })
    }

    #[test]
    fn a_note_is_sent_on_the_newest_version_that_says_what_it_was_based_on() {
        assert_eq!(sent_on(&act(Some("before"), 1), Some(&note("before", 3))), Ok(Some(3)));
        assert_eq!(sent_on(&act(None, 0), None), Ok(Some(0)), "the first one");
        assert_eq!(sent_on(&act(None, 7), None), Ok(Some(7)), "one that this device doesn't have");
    }

    #[test]
    fn b67_a_note_is_not_sent_over_what_another_device_wrote() {
        let mismatch = Err(ProblemCode::VersionMismatch);
        assert_eq!(sent_on(&act(Some("before"), 1), Some(&note("theirs", 2))), mismatch);
        assert_eq!(sent_on(&act(None, 0), Some(&note("theirs", 1))), mismatch);
    }

    #[test]
    fn a_note_that_is_saved_again_is_based_on_what_it_says_now() {
        let again = act(Some("before"), 1).rebased(&note("theirs", 2));
        assert_eq!(again, Some(act(Some("theirs"), 2).into()));
    }
}
