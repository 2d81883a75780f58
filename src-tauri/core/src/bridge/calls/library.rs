//! The studio's exercises.

use serde::Deserialize;
use training::library::{ExerciseDraft, UsedIn};
use training::{Exercise, ExerciseId};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode};

calls! {
    /// A call about the library, as received.
    enum LibraryCall;
    /// Answers these calls.
    trait LibraryCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_library;

    /// Trainer, admin: adds an exercise to the studio's library.
    create_exercise / CreateExercise { draft: ExerciseDraft } -> Exercise;
    /// Trainer, admin: edits an exercise; `version` is the one the edit is based on.
    edit_exercise / EditExercise { exercise_id: ExerciseId, version: u64, draft: ExerciseDraft } -> Exercise;
    /// Trainer, admin: archives an exercise; `version` is the one the act is based on. If no round uses it, it is
    /// deleted.
    archive_exercise / ArchiveExercise { exercise_id: ExerciseId, version: u64 } -> ();
    /// Trainer, admin: restores an exercise that was archived, or deleted by archiving it.
    restore_exercise / RestoreExercise { exercise: Exercise } -> Exercise;
    /// The studio's archived exercises by name. Fetched from the server, and not stored.
    archived_exercises / ArchivedExercises {} -> Vec<Exercise>;
    /// How often an exercise is used in the studio. Asked of the server, and not stored.
    exercise_use / ExerciseUse { exercise_id: ExerciseId } -> UsedIn;
}
