//! What people bring along: the files that other training trackers export, read into a plan.
//!
//! One pure function, [`read`], from bytes to a [`Plan`]: no I/O, no clock, no randomness. The server shows the plan as a
//! dry run and stores what becomes of it; `ringside-api admin import --dry-run` prints it. Each row of a file is a set, a
//! weight, or skipped with a reason and its line: nothing is dropped silently.
//!
//! Deliberately absent: who may import for whom, and what is stored already, which is the server's business.

mod archive;
mod cells;
mod collect;
mod dates;
mod draft;
mod encoding;
mod entry;
mod exercises;
mod fold;
mod formats;
mod identity;
mod months;
mod names;
mod plan;
mod reasons;
mod sessions;
mod size;
mod table;
mod units;

use training::Timestamp;
use training::imports::WeightUnit;

pub use identity::{ImportIds, SessionDigest};
pub use names::Names;
pub use plan::{ImportedExercise, Plan, PlannedRound, PlannedSession, PlannedSet, PlannedWeight};
pub use reasons::sentence;

/// How much a file may hold.
#[derive(Clone, Copy, Debug)]
pub struct ImportLimits;

impl ImportLimits {
    /// The largest file, in bytes; of a ZIP, also what is in it.
    pub const MAX_BYTES: usize = training::imports::MAX_FILE_BYTES;
    /// What our own export in its ZIP unpacks to at most, in bytes: twenty years of five sessions a week. It says more of a
    /// set than a row of a table does.
    pub const MAX_EXPORT_BYTES: usize = 64_000_000;
    /// Most rows.
    pub const MAX_ROWS: usize = 200_000;
    /// Most columns of a header.
    pub const MAX_COLUMNS: usize = 500;
    /// Most different exercises.
    pub const MAX_EXERCISES: usize = 2_000;
}

/// What a file does not say itself.
#[derive(Debug)]
pub struct Options<'a> {
    /// The unit of weights where the file is silent; without it, the weights tell.
    pub unit: Option<WeightUnit>,
    /// Where its times were noted.
    pub time_zone: jiff::tz::TimeZone,
    /// The present: what is later did not happen.
    pub now: Timestamp,
    /// What exercises are called here.
    pub names: &'a Names,
}

/// Why nothing can be read from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than [`ImportLimits::MAX_BYTES`].
    #[error("the file is larger than 20 MB")]
    TooLarge,
    /// It has more rows than [`ImportLimits::MAX_ROWS`].
    #[error("the file has more than 200,000 rows")]
    TooManyRows,
    /// Its header has more columns than [`ImportLimits::MAX_COLUMNS`].
    #[error("the file's first line has more than 500 columns")]
    TooManyColumns,
    /// It names more exercises than [`ImportLimits::MAX_EXERCISES`].
    #[error("the file names more than 2,000 exercises")]
    TooManyExercises,
    /// It is a picture, a program, a spreadsheet: no text.
    #[error("the file is not a text file: export it as CSV")]
    NotText,
    /// It is a ZIP without exactly one file that could be meant.
    #[error("the ZIP does not have exactly one CSV file: unpack it and choose a file")]
    UnclearArchive,
    /// It is a ZIP that is damaged, encrypted, or packed in a way that is not read.
    #[error("the ZIP can't be unpacked: unpack it yourself and choose the CSV file")]
    BrokenArchive,
    /// It is an export of Ringside that is cut off, or that somebody has damaged.
    #[error("the export of Ringside is damaged: choose the ZIP as it was saved")]
    BrokenExport,
    /// A newer Ringside has written it.
    #[error("the export is from a newer Ringside than this studio's")]
    NewerExport,
    /// It is of none of the known trackers.
    #[error("this is no export of Ringside, Strong, Hevy, FitNotes, StrongLifts or GymBook: no first line of theirs")]
    UnknownFormat,
}

impl Unreadable {
    /// Whether it is too much of something, rather than something else.
    pub fn is_too_large(self) -> bool {
        matches!(self, Self::TooLarge | Self::TooManyRows | Self::TooManyColumns | Self::TooManyExercises)
    }
}

/// Reads a file of another tracker.
///
/// # Errors
/// [`Unreadable`] when nothing in it can be read. What is wrong with single rows is in the plan.
pub fn read(bytes: &[u8], options: &Options<'_>) -> Result<Plan, Unreadable> {
    if bytes.len() > ImportLimits::MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let unpacked = archive::unpacked(bytes)?;
    let text = encoding::text(unpacked.as_deref().unwrap_or(bytes))?;
    formats::read(&text, options)
}
