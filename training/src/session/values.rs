//! The values an exercise is planned and done with.

use serde::{Deserialize, Serialize};

use crate::refusal::{FieldCode, Findings};

/// Planned or actual values of one exercise; each may be absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default)]
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
    /// Fewest repetitions accepted.
    pub const MIN_REPS: u32 = 1;
    /// Most repetitions accepted.
    pub const MAX_REPS: u32 = 10_000;
    /// Longest distance accepted, in metres.
    pub const MAX_DISTANCE_M: f64 = 1_000_000.0;
    /// Shortest time accepted, in seconds.
    pub const MIN_TIME_S: u32 = 1;
    /// Longest time accepted, in seconds.
    pub const MAX_TIME_S: u32 = 86_400;

    /// Reports every value outside its range, with `pointer` as the JSON pointer of these values.
    pub(crate) fn check(&self, pointer: &str, findings: &mut Findings) {
        let ranges = [
            ("weight_kg", self.weight_kg.is_none_or(|kg| (0.0..=Self::MAX_WEIGHT_KG).contains(&kg))),
            ("reps", self.reps.is_none_or(|reps| (Self::MIN_REPS..=Self::MAX_REPS).contains(&reps))),
            ("distance_m", self.distance_m.is_none_or(|m| (0.0..=Self::MAX_DISTANCE_M).contains(&m))),
            ("time_s", self.time_s.is_none_or(|s| (Self::MIN_TIME_S..=Self::MAX_TIME_S).contains(&s))),
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
