//! The exercise library and the values an exercise is planned and done with.

use serde::{Deserialize, Serialize};

use crate::ids::{ExerciseId, VideoId};
use crate::refusal::{FieldCode, Findings};

/// What kind of exercise it is, for finding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Chest.
    Chest,
    /// Back.
    Back,
    /// Shoulders.
    Shoulders,
    /// Legs.
    Legs,
    /// Arms.
    Arms,
    /// Core.
    Core,
    /// Endurance.
    Cardio,
    /// The studio's own, outside the other categories.
    Own,
}

/// A quantity an exercise is planned or noted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Weight in kilograms.
    Weight,
    /// Repetitions.
    Reps,
    /// Distance in metres.
    Distance,
    /// Time in seconds.
    Time,
    /// Intended effort, 0–10.
    Effort,
    /// A hint in words.
    Notes,
}

/// An exercise of the studio's library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Exercise {
    /// Its id.
    pub id: ExerciseId,
    /// Its name, unique within the studio.
    pub name: String,
    /// What kind it is.
    pub category: Category,
    /// Which inputs a planner offers for it; at least one. They guide the input and restrict nothing.
    pub fields: Vec<Field>,
    /// Its video, if it has one.
    pub video_id: Option<VideoId>,
    /// Archived: kept for the rounds that use it, no longer offered for new ones.
    pub archived: bool,
}

/// Planned or actual values of one exercise; each may be absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Values {
    /// Weight in kilograms, 0 to 2,000.
    pub weight_kg: Option<f64>,
    /// Repetitions, 1 to 10,000.
    pub reps: Option<u32>,
    /// Distance in metres, 0 to 1,000,000.
    pub distance_m: Option<f64>,
    /// Time in seconds, 1 to 86,400.
    pub time_s: Option<u32>,
    /// Effort, 0 to 10.
    pub effort: Option<u8>,
}

impl Values {
    /// Heaviest weight accepted, in kilograms.
    pub const MAX_WEIGHT_KG: f64 = 2_000.0;
    /// Most repetitions accepted.
    pub const MAX_REPS: u32 = 10_000;
    /// Longest distance accepted, in metres.
    pub const MAX_DISTANCE_M: f64 = 1_000_000.0;
    /// Longest time accepted, in seconds.
    pub const MAX_TIME_S: u32 = 86_400;

    /// Notes every value outside its range, with `pointer` as the JSON pointer of these values.
    pub(crate) fn check(&self, pointer: &str, findings: &mut Findings) {
        let ranges = [
            ("weight_kg", self.weight_kg.is_none_or(|kg| (0.0..=Self::MAX_WEIGHT_KG).contains(&kg))),
            ("reps", self.reps.is_none_or(|reps| (1..=Self::MAX_REPS).contains(&reps))),
            ("distance_m", self.distance_m.is_none_or(|m| (0.0..=Self::MAX_DISTANCE_M).contains(&m))),
            ("time_s", self.time_s.is_none_or(|s| (1..=Self::MAX_TIME_S).contains(&s))),
            ("effort", self.effort.is_none_or(|effort| effort <= MAX_EFFORT)),
        ];
        for (field, within) in ranges {
            if !within {
                findings.add(format!("{pointer}/{field}"), FieldCode::OutOfRange);
            }
        }
    }
}

/// Greatest effort on the scale; the least is 0.
pub const MAX_EFFORT: u8 = 10;
