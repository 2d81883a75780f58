//! The exercise library: what an exercise is, and the rules for changing it.

mod exercise;
mod save;
mod upload;

pub use exercise::{Category, Exercise, Field, Video};
pub use save::{
    ExerciseDraft, ExerciseLimits, ExerciseState, archive, create, edit, has_room, name_key, recreate, restore,
    set_video,
};
pub use upload::{SetVideo, StartUpload, StartedUpload, Upload, UploadMediaType, VideoLimits};
