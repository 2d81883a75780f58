//! An exercise of a studio's library.

use serde::{Deserialize, Serialize};

use crate::ids::{ExerciseId, VideoId};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What kind of exercise it is, for finding it.
    Category {
        /// Chest.
        Chest = "chest",
        /// Back.
        Back = "back",
        /// Shoulders.
        Shoulders = "shoulders",
        /// Legs.
        Legs = "legs",
        /// Arms.
        Arms = "arms",
        /// Core.
        Core = "core",
        /// Endurance.
        Cardio = "cardio",
        /// The studio's own, outside the other categories.
        Own = "own",
    }

    /// A quantity an exercise is planned or noted with.
    Field {
        /// Weight in kilograms.
        Weight = "weight",
        /// Repetitions.
        Reps = "reps",
        /// Distance in metres.
        Distance = "distance",
        /// Time in seconds.
        Time = "time",
        /// Intended effort, 0–10.
        Effort = "effort",
        /// A hint in words.
        Notes = "notes",
    }
}

/// An exercise of the studio's library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Exercise {
    /// Its id.
    pub id: ExerciseId,
    /// Its name, unique within the studio without regard to case.
    pub name: String,
    /// Other names it is found by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What kind it is.
    pub category: Category,
    /// Which inputs a planner offers for it; at least one. They guide the input and restrict nothing.
    pub fields: Vec<Field>,
    /// The muscles it works, in the studio's words.
    #[serde(default)]
    pub muscles: Vec<String>,
    /// One hint for whoever does it.
    #[serde(default)]
    pub cue: Option<String>,
    /// Its video, if it has one.
    #[serde(default)]
    pub video: Option<Video>,
    /// Archived: kept for the rounds and templates that use it, no longer offered for new ones.
    pub archived: bool,
    /// Grows by one with every change; goes into `If-Match`.
    #[serde(default)]
    pub version: u64,
}

impl Exercise {
    /// What one is called in the audit log that only an erased person's files had. Windows that know it say it in their
    /// language.
    pub const FORMER: &'static str = "Former exercise";
}

/// An exercise and what uses it: the answer of `GET /v1/exercises/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExerciseDetails {
    /// The exercise.
    #[serde(flatten)]
    pub exercise: Exercise,
    /// What uses it.
    pub used_in: UsedIn,
}

/// How often an exercise is used in its studio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct UsedIn {
    /// How many rounds have it, drafts included.
    pub rounds: u32,
    /// How many templates have it. Servers before templates say nothing.
    #[serde(default)]
    pub templates: u32,
}

/// A video of an exercise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Video {
    /// Its id.
    pub id: VideoId,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// How long it is, in seconds.
    pub duration_s: f64,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Its media type, such as `video/mp4`.
    pub media_type: String,
    /// Whether there is a picture to show before it plays.
    pub has_poster: bool,
}
