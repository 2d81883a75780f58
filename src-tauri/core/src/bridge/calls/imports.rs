//! Files of other trackers: read, shown, committed and taken back.
//!
//! All of it needs the server. Nothing is replicated, and nothing waits in the outbox.

use serde::Deserialize;
use training::imports::{Import, ImportSummary, MappedExercise};
use training::{Exercise, ImportId, UserId, WeightUnit};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode, StagedFile, StagedFileId};

calls! {
    /// A call about imports, as received.
    enum ImportsCall;
    /// Answers these calls.
    trait ImportsCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_imports;

    /// Athlete, assigned trainer: makes room for a file of another tracker of this size, which is then handed over with
    /// `put_file`.
    stage_import / StageImport { size_bytes: u64 } -> StagedFile;
    /// Athlete, assigned trainer: what a file that was handed over holds, and what would become of it. Nothing is stored,
    /// and the file stays here until it is discarded, so that it can be read again with another unit or time zone.
    read_import / ReadImport {
        athlete_id: UserId,
        file: StagedFileId,
        unit: Option<WeightUnit>,
        timezone: Option<String>,
    } -> Import;
    /// A file that was read, beside what is stored now; also while it is being stored, and afterwards for as long as it can
    /// be taken back.
    show_import / ShowImport { import_id: ImportId } -> Import;
    /// Athlete, assigned trainer: stores the sessions of a file that was read. Called again after a failure that leaves open
    /// whether it arrived, it is done once. Returns when they are stored, or after some minutes, while the server goes on:
    /// `state` says which.
    commit_import / CommitImport { import_id: ImportId, mapping: Vec<MappedExercise> } -> Import;
    /// Athlete, assigned trainer: takes an import back, or has the server forget a file that was only read. It is done once,
    /// as with `commit_import`.
    take_back_import / TakeBackImport { athlete_id: UserId, import_id: ImportId } -> ();
    /// What was imported for an athlete and can be taken back, newest first. While an import is being stored, this says how
    /// far it is.
    list_imports / ListImports { athlete_id: UserId } -> Vec<ImportSummary>;
    /// Every exercise of the studio, archived ones as well: those that the names of a file may be. Athletes have no library
    /// of their own.
    import_exercises / ImportExercises {} -> Vec<Exercise>;
}
