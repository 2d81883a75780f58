//! What trainers write for themselves: notes on sessions, and journals about athletes.

use serde::Deserialize;
use training::{JournalEntry, JournalEntryId, Note, SessionId, UserId};
use ts_rs::TS;

use crate::bridge::{Failure, JournalPage, LocalCode};

calls! {
    /// A call about notes and journals, as received.
    enum NotesCall;
    /// Answers these calls.
    trait NotesCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_notes;

    /// Trainer: saves the private note on a session; `version` is the one it is based on, 0 if there is none yet. If
    /// another device has written it since, it is refused with what was entered.
    save_note / SaveNote { session_id: SessionId, version: u64, text: String } -> Note;
    /// Trainer: the private note on a session, for sessions whose note is not in the view. Asked of the server, and not
    /// stored. While nothing has been written, it is empty and has version 0.
    read_note / ReadNote { session_id: SessionId } -> Note;
    /// Trainer: writes an entry of the journal about an athlete.
    create_journal_entry / CreateJournalEntry { athlete_id: UserId, text: String, pinned: bool } -> JournalEntry;
    /// Trainer: edits an entry; `version` is the one the edit is based on.
    edit_journal_entry / EditJournalEntry { entry_id: JournalEntryId, version: u64, text: String, pinned: bool } -> JournalEntry;
    /// Trainer: deletes an entry; `version` is the one the act is based on.
    delete_journal_entry / DeleteJournalEntry { entry_id: JournalEntryId, version: u64 } -> ();
    /// Trainer: restores an entry that was deleted.
    restore_journal_entry / RestoreJournalEntry { entry: JournalEntry } -> JournalEntry;
    /// Trainer: a page of the journal about an athlete, newest first; `after` is `next` of the page before. Asked of the
    /// server, and not stored.
    list_journal / ListJournal { athlete_id: UserId, after: Option<String> } -> JournalPage;
}
