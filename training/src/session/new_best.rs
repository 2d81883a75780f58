//! A best that a set took, as its round carries it. What is one: [`progress`](crate::progress).

use serde::{Deserialize, Serialize};

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A kind of best.
    BestKind {
        /// The most weight, in kilograms.
        Heaviest = "heaviest",
        /// The most repetitions with this weight or more.
        Reps = "reps",
        /// The greatest estimated one-repetition maximum, in kilograms.
        E1rm = "e1rm",
        /// The most weight times repetitions in a session, in kilograms, reached with this set.
        Volume = "volume",
        /// The longest time, in seconds.
        Longest = "longest",
        /// The greatest distance, in metres.
        Farthest = "farthest",
    }
}

/// A best that a set took from another one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NewBest {
    /// What it is the best of, and in which unit.
    pub kind: BestKind,
    /// How much it is.
    pub value: f64,
    /// How much it was before.
    pub before: f64,
}
