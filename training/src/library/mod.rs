//! The exercise library: what an exercise is, and the rules for changing it.

mod exercise;
mod save;

pub use exercise::{Category, Exercise, ExerciseDetails, Field, UsedIn, Video};
pub use save::{
    ExerciseDraft, ExerciseLimits, ExerciseState, archive, create, edit, has_room, name_key, recreate, restore,
};
