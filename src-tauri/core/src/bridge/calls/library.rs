//! The studio's exercises and their videos.

use serde::Deserialize;
use training::library::{ExerciseDraft, UsedIn};
use training::{Exercise, ExerciseId};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode, StagedFile, StagedFileId};

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
    /// Trainer, admin: makes room for a file of this size, which is then handed over with `put_file`.
    stage_file / StageFile { size_bytes: u64 } -> StagedFile;
    /// Discards a file that was handed over, in part or whole.
    discard_file / DiscardFile { file: StagedFileId } -> ();
    /// Trainer, admin: gives an exercise a video. From here on the core sends it, whenever it can; `uploads` says how
    /// far it is. Replaces a video that is still on its way to the exercise. `name` is the file's; `poster` is a picture
    /// to show before the video plays.
    set_exercise_video / SetExerciseVideo {
        exercise_id: ExerciseId,
        name: String,
        media_type: String,
        video: StagedFileId,
        poster: Option<StagedFileId>,
    } -> ();
    /// Trainer, admin: cancels a video on its way to an exercise, or forgets one that was refused.
    cancel_video_upload / CancelVideoUpload { exercise_id: ExerciseId } -> ();
    /// Trainer, admin: takes an exercise's video away.
    remove_exercise_video / RemoveExerciseVideo { exercise_id: ExerciseId } -> ();
}
