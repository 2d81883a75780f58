//! The journal that trainers keep about an athlete.

use serde::{Deserialize, Serialize};

use super::check_text;
use crate::ids::{JournalEntryId, UserId};
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::session::Person;
use crate::text::is_visible;
use crate::timestamp::Timestamp;

/// How much a journal may hold, and how much of it every device has.
#[derive(Clone, Copy, Debug)]
pub struct JournalLimits;

impl JournalLimits {
    /// Most entries about one athlete.
    pub const MAX_ENTRIES: usize = 5_000;
    /// Most pinned entries about one athlete: every snapshot of their trainer holds them all.
    pub const MAX_PINNED: usize = 50;
    /// How many of the last entries about each athlete a snapshot holds, besides the pinned ones; a device keeps as many.
    pub const LAST_ENTRIES: usize = 20;
    /// How large the entries in a trainer's snapshot may be together, in bytes. Of more, the oldest ones that are not
    /// pinned are left out, first those about athletes who have not trained in the last [`Self::RECENT_DAYS`] days.
    pub const MAX_SNAPSHOT_BYTES: usize = 4 * 1024 * 1024;
    /// How many days ago an athlete may have trained so that their entries are the last to be left out of a snapshot.
    pub const RECENT_DAYS: u64 = 30;
}

/// An entry of the journal about an athlete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct JournalEntry {
    /// Its id.
    pub id: JournalEntryId,
    /// Whom it is about.
    pub athlete_id: UserId,
    /// Who wrote it.
    pub by: Person,
    /// When it was written, by the server's clock. An edit leaves it as it is.
    pub at: Timestamp,
    /// The text, as it was typed.
    pub text: String,
    /// Whether it stands beside every plan for the athlete.
    pub pinned: bool,
    /// Grows by one with every change; goes into `If-Match`.
    pub version: u64,
}

/// What a trainer writes: the body of `POST /v1/athletes/{id}/journal` and `PUT /v1/journal/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct JournalDraft {
    /// The text: at most 4,000 characters, some of them visible.
    pub text: String,
    /// Whether it stands beside every plan for the athlete.
    #[serde(default)]
    pub pinned: bool,
}

impl From<&JournalEntry> for JournalDraft {
    /// The draft that saves an entry as it is.
    fn from(entry: &JournalEntry) -> Self {
        Self { text: entry.text.clone(), pinned: entry.pinned }
    }
}

/// Who writes in whose journal, and when.
#[derive(Clone, Debug)]
pub struct Writing {
    /// About whom.
    pub athlete_id: UserId,
    /// Who.
    pub by: Person,
    /// When, by the server's clock.
    pub at: Timestamp,
}

/// How many entries there are about an athlete besides the one that is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct JournalSize {
    /// All of them.
    pub entries: usize,
    /// Those that are pinned.
    pub pinned: usize,
}

impl JournalSize {
    fn check(self, draft: &JournalDraft) -> Result<(), Refusal> {
        let has_room = self.entries < JournalLimits::MAX_ENTRIES;
        let may_be_pinned = !draft.pinned || self.pinned < JournalLimits::MAX_PINNED;
        if has_room && may_be_pinned { Ok(()) } else { Err(Refusal::JournalFull) }
    }
}

/// Writes an entry.
///
/// # Errors
/// [`Refusal::Invalid`] for a text that is too long, or none; [`Refusal::JournalFull`] when the journal takes no other.
pub fn create(
    id: JournalEntryId,
    writing: Writing,
    draft: &JournalDraft,
    others: JournalSize,
) -> Result<JournalEntry, Refusal> {
    check(draft)?;
    others.check(draft)?;
    let Writing { athlete_id, by, at } = writing;
    Ok(JournalEntry { id, athlete_id, by, at, text: draft.text.clone(), pinned: draft.pinned, version: 1 })
}

/// Edits an entry. No change if it says the same already.
///
/// # Errors
/// As [`create`]; [`Refusal::VersionMismatch`] when it has changed since `based_on`, which is `None` if the edit applies
/// to any version.
pub fn edit(
    before: &JournalEntry,
    based_on: Option<u64>,
    draft: &JournalDraft,
    others: JournalSize,
) -> Result<JournalEntry, Refusal> {
    check(draft)?;
    check_version(before, based_on)?;
    if *draft == before.into() {
        return Ok(before.clone());
    }
    // One that stays pinned takes no room that it did not have.
    others.check(&JournalDraft { pinned: draft.pinned && !before.pinned, ..draft.clone() })?;
    Ok(filled(before.clone(), draft))
}

/// Checks whether an entry may be deleted.
///
/// # Errors
/// [`Refusal::VersionMismatch`] when it has changed since `based_on`.
pub fn remove(before: &JournalEntry, based_on: Option<u64>) -> Result<(), Refusal> {
    check_version(before, based_on)
}

/// Recreates a deleted entry under its old id, which undoes the deletion: `before` is the entry as it was deleted. Its
/// version goes on from there, so that nothing written before the deletion can overwrite it.
///
/// # Errors
/// As [`create`]; [`Refusal::NotFound`] unless `based_on` is 0, the version of a missing entry.
pub fn recreate(
    before: JournalEntry,
    based_on: u64,
    draft: &JournalDraft,
    others: JournalSize,
) -> Result<JournalEntry, Refusal> {
    check(draft)?;
    if based_on != 0 {
        return Err(Refusal::NotFound);
    }
    others.check(draft)?;
    Ok(filled(before, draft))
}

/// The entries about one athlete that a device keeps: the pinned ones, and the last ones.
pub fn kept<'a>(entries: impl IntoIterator<Item = &'a JournalEntry>) -> impl Iterator<Item = &'a JournalEntry> {
    let mut entries: Vec<&JournalEntry> = entries.into_iter().collect();
    entries.sort_unstable_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
    entries
        .into_iter()
        .enumerate()
        .filter(|(place, entry)| *place < JournalLimits::LAST_ENTRIES || entry.pinned)
        .map(|(_, entry)| entry)
}

fn filled(before: JournalEntry, draft: &JournalDraft) -> JournalEntry {
    JournalEntry { text: draft.text.clone(), pinned: draft.pinned, version: before.version + 1, ..before }
}

fn check_version(entry: &JournalEntry, based_on: Option<u64>) -> Result<(), Refusal> {
    match based_on {
        Some(version) if version != entry.version => Err(Refusal::VersionMismatch),
        _ => Ok(()),
    }
}

fn check(draft: &JournalDraft) -> Result<(), Refusal> {
    let mut findings = Findings::default();
    if draft.text.chars().any(is_visible) {
        check_text(&draft.text, &mut findings);
    } else {
        findings.add("/text", FieldCode::TooShort);
    }
    findings.into_result()
}
