//! The pages of a journal that a window gets.

use serde::{Deserialize, Serialize};
use training::JournalEntry;
use ts_rs::TS;

/// A page of the journal about an athlete, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct JournalPage {
    /// The entries.
    #[serde(alias = "journal_entries")]
    pub entries: Vec<JournalEntry>,
    /// Where the next page begins; `null` on the last one.
    pub next: Option<String>,
}
