//! The studio's exercises.

use serde::Deserialize;
use training::library::ExerciseDraft;
use training::{Exercise, ExerciseId};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode};

calls! {
    /// A call about it, as it arrives.
    enum LibraryCall;
    /// Answers the calls about it.
    trait LibraryCalls;
    /// Hands a call about it to the method that answers it.
    fn dispatch_library;

    /// Trainer, admin: adds an exercise to the studio's library.
    create_exercise / CreateExercise { draft: ExerciseDraft } -> Exercise;
    /// Trainer, admin: edits an exercise; `version` is the one the edit is based on.
    edit_exercise / EditExercise { exercise_id: ExerciseId, version: u64, draft: ExerciseDraft } -> Exercise;
    /// Trainer, admin: archives an exercise; `version` is the one the act is based on. One that no round has is gone.
    archive_exercise / ArchiveExercise { exercise_id: ExerciseId, version: u64 } -> ();
    /// Trainer, admin: puts an exercise back into the library that was archived, or gone with that.
    restore_exercise / RestoreExercise { exercise: Exercise } -> Exercise;
    /// The studio's archived exercises by name. Asked of the server, and kept nowhere.
    archived_exercises / ArchivedExercises {} -> Vec<Exercise>;
}
