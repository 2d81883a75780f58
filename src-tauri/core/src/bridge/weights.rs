//! The pages of weights that a window gets.

use serde::{Deserialize, Serialize};
use training::Weight;
use ts_rs::TS;

/// A page of an athlete's weights, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct WeightPage {
    /// The weights.
    pub weights: Vec<Weight>,
    /// Where the next page begins; `null` on the last one.
    pub next: Option<String>,
}
