//! Imports: files that an athlete brings along from another tracker, as they are shown, committed and taken back.
//!
//! Deliberately absent: how such a file is read, which is the crate `imports`.

use serde::{Deserialize, Serialize};

use crate::ids::{ExerciseId, ImportId, SessionId, UserId};
use crate::session::Person;
use crate::timestamp::Timestamp;
use crate::vocabulary::vocabulary;
pub use crate::weights::WeightUnit;

/// The largest file, in bytes; of a ZIP, also what is in it.
pub const MAX_FILE_BYTES: usize = 20_000_000;

/// For how many days an import can be taken back.
pub const TAKE_BACK_DAYS: u64 = 30;

vocabulary! {
    /// Which tracker a file is from.
    ImportFormat {
        /// Strong: version 5, version 6, and Android's.
        Strong = "strong",
        /// Hevy, in any of its languages.
        Hevy = "hevy",
        /// FitNotes: sets.
        FitNotes = "fitnotes",
        /// FitNotes: weights of the body.
        FitNotesBody = "fitnotes_body",
        /// StrongLifts 5×5.
        StrongLifts = "stronglifts",
        /// GymBook.
        GymBook = "gymbook",
        /// Ringside: an export of another studio, or of the same one.
        Ringside = "ringside",
    }

    /// Why a row of a file is left out.
    SkipReason {
        /// A rest between sets.
        RestTimer = "rest_timer",
        /// A note of its own, beside the sets.
        Note = "note",
        /// Some other measurement than the weight of the body.
        Measurement = "measurement",
        /// Nothing was done, or nothing is in the row.
        Empty = "empty",
        /// The exercise is not named.
        ExerciseMissing = "exercise_missing",
        /// The name of the exercise is too long, or can't be seen.
        ExerciseName = "exercise_name",
        /// There is no such date, or none at all.
        BadDate = "bad_date",
        /// It has not happened yet.
        InFuture = "in_future",
        /// A number can't be read, or could mean two things.
        BadNumber = "bad_number",
        /// A number is larger or smaller than anybody's.
        OutOfRange = "out_of_range",
        /// The unit is not known.
        UnknownUnit = "unknown_unit",
        /// The same weight is given twice, differently.
        UnitContradiction = "unit_contradiction",
        /// There are fewer cells than columns: the file may have been cut off here.
        IncompleteRow = "incomplete_row",
        /// There are more cells than columns.
        TooManyCells = "too_many_cells",
        /// A cell goes on and on: a quotation mark may be missing.
        TooLong = "too_long",
        /// The session is as large as one may be, by its exercises or in bytes.
        SessionFull = "session_full",
        /// A weight, or a session, of that moment came before.
        Duplicate = "duplicate",
    }

    /// How the unit of the weights in a file is known.
    UnitSource {
        /// The file says so.
        File = "file",
        /// Whoever imports it says so.
        Request = "request",
        /// Its weights are multiples of what there are plates of.
        Evidence = "evidence",
        /// Nothing tells; kilograms are assumed.
        Assumed = "assumed",
    }

    /// Where an import stands.
    ImportState {
        /// It was read, and nothing of it is stored.
        DryRun = "dry_run",
        /// Its sessions are being stored.
        Committing = "committing",
        /// They are stored.
        Committed = "committed",
        /// They are being taken back.
        TakingBack = "taking_back",
    }
}

/// The unit of the weights in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct UnitFinding {
    /// The unit; where the rows of a file name their units, that of the first one.
    pub unit: WeightUnit,
    /// How it is known.
    pub source: UnitSource,
    /// Where the file is silent, how many of its weights look like kilograms.
    pub like_kg: u32,
    /// And how many look like pounds.
    pub like_lb: u32,
}

/// A row that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SkippedRow {
    /// The line it begins at, counted from 1.
    pub line: u32,
    /// Why.
    pub reason: SkipReason,
}

/// An exercise as a file calls it, and which one of the library it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MappedExercise {
    /// Its name in the file, 1 to 100 characters.
    pub name: String,
    /// The library's exercise; null for a new one, which is archived and of the category `own`.
    pub exercise_id: Option<ExerciseId>,
}

/// A session that an earlier file had with other content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ChangedSession {
    /// The session as it is stored.
    pub session_id: SessionId,
    /// When it began.
    pub started_at: Timestamp,
    /// How many sets are stored.
    pub sets_here: u32,
    /// How many the file has.
    pub sets: u32,
    /// Whether it becomes what the file says. One that was corrected here since stays as it is.
    pub replaced: bool,
}

/// A file that was read, and what becomes of it. `rows` are always its sets, its weights and what is skipped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Whose sessions these are.
    pub athlete_id: UserId,
    /// Who sent the file.
    pub by: Person,
    /// When.
    pub at: Timestamp,
    /// Where it stands.
    pub state: ImportState,
    /// Which tracker the file is from.
    pub format: ImportFormat,
    /// The unit of its weights.
    pub unit: UnitFinding,
    /// Where its times were noted, by its name in the IANA database.
    pub timezone: String,
    /// How many sets, weights and other rows it has. A line with several sets counts as many.
    pub rows: u32,
    /// How many sets.
    pub sets: u32,
    /// How many weights of the athlete's body.
    pub weights: u32,
    /// How many of them are here already, and stay as they are.
    #[serde(default)]
    pub weights_here: u32,
    /// The rows that are left out, by line.
    pub skipped: Vec<SkippedRow>,
    /// The exercises it names, in the order in which they come.
    pub exercises: Vec<MappedExercise>,
    /// How many sessions it has.
    pub sessions: u32,
    /// How many of them are here already, and stay as they are.
    pub already_here: u32,
    /// Those that are here with other content.
    pub changed: Vec<ChangedSession>,
    /// The columns that there is no place for, although they have something in them.
    pub unused_columns: Vec<String>,
    /// When it was committed.
    pub committed_at: Option<Timestamp>,
    /// Until when it can be taken back.
    pub take_back_until: Option<Timestamp>,
}

/// An import that was committed, as it is listed for as long as it can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ImportSummary {
    /// Its id.
    pub id: ImportId,
    /// Who sent the file.
    pub by: Person,
    /// Where it stands.
    pub state: ImportState,
    /// Which tracker the file is from.
    pub format: ImportFormat,
    /// How many sessions are stored of it. Those that were here before it are not among them.
    pub sessions: u32,
    /// How many weights of the athlete's body.
    pub weights: u32,
    /// When it was committed.
    pub committed_at: Timestamp,
    /// Until when it can be taken back.
    pub take_back_until: Timestamp,
}

/// Body of `POST /v1/imports/{id}/commit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CommitImport {
    /// Which exercises of the library those of the file are. One that is not named here is what the dry run says.
    pub mapping: Vec<MappedExercise>,
}
