//! Corrections: what was noted of an exercise and turned out wrong.

use serde::{Deserialize, Serialize};

use super::Person;
use super::decide::json_bytes;
use super::round::RoundExercise;
use super::values::Values;
use crate::timestamp::Timestamp;

/// One correction of what was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Correction {
    /// Who corrected it.
    pub by: Person,
    /// When.
    pub at: Timestamp,
    /// What was noted before.
    pub before: Option<Values>,
    /// Why, in their words.
    #[serde(default)]
    pub reason: Option<String>,
}

impl RoundExercise {
    /// The most corrections that are kept. Of more, the first one stays, which has what was noted originally, and the
    /// latest.
    pub const MAX_CORRECTIONS: usize = 5;
    /// How large the kept corrections may be together, in bytes of their JSON: every event about the round holds them.
    /// The latest one is kept whole, however large it is.
    pub const MAX_CORRECTIONS_BYTES: usize = 4 * 1024;

    /// Replaces what was done, and keeps what was noted before.
    pub(super) fn correct(&mut self, actual: Values, by: Person, at: Timestamp, reason: Option<String>) {
        self.corrections.push(Correction { by, at, before: self.actual, reason });
        while self.corrections.len() > 2 && self.has_too_many_corrections() {
            self.corrections.remove(1);
        }
        if self.corrections.len() == 2 && self.has_too_many_corrections() {
            // What was noted originally matters more than why it was corrected then.
            self.corrections[0].reason = None;
        }
        self.actual = Some(actual);
    }

    fn has_too_many_corrections(&self) -> bool {
        self.corrections.len() > Self::MAX_CORRECTIONS || json_bytes(&self.corrections) > Self::MAX_CORRECTIONS_BYTES
    }
}
