//! The trainer's private note on a session.

use serde::{Deserialize, Serialize};

use super::check_text;
use crate::ids::SessionId;
use crate::refusal::{Findings, Refusal};

/// The trainer's private note on a session: at most one for each, without an id of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Note {
    /// The session it is on.
    pub session_id: SessionId,
    /// The text, as it was typed; may be empty.
    pub text: String,
    /// Grows by one with every change; goes into `If-Match`. 0 while nothing has been written.
    pub version: u64,
}

impl Note {
    /// The note of a session on which nothing has been written yet.
    pub fn blank(session_id: SessionId) -> Self {
        Self { session_id, text: String::new(), version: 0 }
    }
}

/// What a trainer writes: the body of `PUT /v1/sessions/{id}/note`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoteDraft {
    /// The text: at most 4,000 characters, and none to clear the note.
    pub text: String,
}

/// Saves the note on a session. No change if it says the same already.
///
/// # Errors
/// [`Refusal::Invalid`] for a text that is too long or no text; [`Refusal::VersionMismatch`] when it has changed since
/// `based_on`, which is `None` if it may be saved on any version.
pub fn save_note(before: &Note, based_on: Option<u64>, text: &str) -> Result<Note, Refusal> {
    let mut findings = Findings::default();
    check_text(text, &mut findings);
    findings.into_result()?;
    if based_on.is_some_and(|version| version != before.version) {
        return Err(Refusal::VersionMismatch);
    }
    if before.version > 0 && before.text == text {
        return Ok(before.clone());
    }
    Ok(Note { session_id: before.session_id, text: text.to_owned(), version: before.version + 1 })
}
