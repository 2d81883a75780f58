//! What trainers write for themselves: a note on a session, and a journal on each athlete.
//!
//! Private to trainers: an athlete never receives either. Who may read and write them is up to the caller: the trainer
//! of the session, and the trainer who is assigned to the athlete.

mod journal;
mod note;

pub use journal::{
    JournalDraft, JournalEntry, JournalLimits, JournalSize, Writing, create, edit, kept, recreate, remove,
};
pub use note::{Note, NoteDraft, save_note};

use crate::refusal::{FieldCode, Findings};
use crate::text::{is_plain_text, is_within};

/// The longest text of a note and of a journal entry, in characters.
pub const MAX_PRIVATE_TEXT_CHARS: usize = 4_000;

/// Reports what keeps a text from being saved. It is kept as it was typed: nothing is cut, also no white space.
fn check_text(text: &str, findings: &mut Findings) {
    if !is_within(text, MAX_PRIVATE_TEXT_CHARS) {
        findings.add("/text", FieldCode::TooLong);
    } else if !is_plain_text(text) {
        findings.add("/text", FieldCode::Invalid);
    }
}
