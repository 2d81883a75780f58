//! An athlete, as their trainer sees them.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::progress::ExerciseRecord;

/// Somebody who is assigned to a trainer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Athlete {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// The exercises they did in the last 90 days. Servers before this field say nothing.
    #[serde(default)]
    pub records: Vec<ExerciseRecord>,
    /// Grows with every change of their account and of their records.
    #[serde(default)]
    pub version: u64,
}
