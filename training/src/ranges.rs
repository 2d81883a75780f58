//! Ranges of numbers that people enter: of the values of an exercise, and of loads.

use serde::Serialize;

/// The greatest effort there is; the least is 0.
pub const MAX_EFFORT: u8 = 10;

/// The least and the most of something, both allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Range {
    /// From the least to the most.
    pub(crate) const fn of(min: f64, max: f64) -> Self {
        Self { min, max }
    }

    /// Whether a value is within it; what is no number never is.
    pub fn contains(&self, value: f64) -> bool {
        (self.min..=self.max).contains(&value)
    }
}

/// The ranges of the values of an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ValueLimits {
    /// A weight, in kilograms; less than 0 where help is taken off.
    pub weight_kg: Range,
    /// Repetitions; a whole number.
    pub reps: Range,
    /// A distance, in metres.
    pub distance_m: Range,
    /// A time, in seconds; a whole number.
    pub time_s: Range,
    /// An effort; a whole number.
    pub effort: Range,
}

impl ValueLimits {
    /// Of what is planned.
    pub const PLANNED: Self = Self {
        weight_kg: Range::of(-200.0, 2_000.0),
        reps: Range::of(1.0, 10_000.0),
        distance_m: Range::of(0.0, 1_000_000.0),
        time_s: Range::of(1.0, 86_400.0),
        effort: Range::of(0.0, MAX_EFFORT as f64),
    };

    /// Of what was really done: a try without a repetition is an answer.
    pub const ACTUAL: Self = Self { reps: Range::of(0.0, Self::PLANNED.reps.max), ..Self::PLANNED };
}

/// The ranges of a load that is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LoadLimits {
    /// Percent of the estimated one-repetition maximum: lowering a weight can take more than one can lift.
    pub percent_of_e1rm: Range,
    /// Kilograms more than the last time; less than 0 where it was too much.
    pub last_plus_kg: Range,
}

impl LoadLimits {
    /// The limits of this version.
    pub const CURRENT: Self = Self { percent_of_e1rm: Range::of(1.0, 200.0), last_plus_kg: Range::of(-200.0, 200.0) };
}
