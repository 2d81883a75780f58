//! The values an exercise is planned and done with.

use serde::{Deserialize, Serialize};

use crate::ranges::ValueLimits;
use crate::refusal::{FieldCode, Findings};

/// What was done of one exercise; each value may be absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default)]
pub struct Values {
    /// Weight in kilograms, −200 to 2,000. Less than nothing is help: an assisted pull-up takes 20 kg off.
    pub weight_kg: Option<f64>,
    /// Repetitions, 0 to 10,000: a try that failed is an answer.
    pub reps: Option<u32>,
    /// Distance in metres, 0 to 1,000,000.
    pub distance_m: Option<f64>,
    /// Time in seconds, 1 to 86,400.
    pub time_s: Option<u32>,
    /// Effort, 0 to 10.
    pub effort: Option<u8>,
}

impl Values {
    /// Reports every value outside `limits`, with `pointer` as the JSON pointer of these values.
    pub(crate) fn check(&self, limits: &ValueLimits, pointer: &str, findings: &mut Findings) {
        let values = [
            ("weight_kg", limits.weight_kg, self.weight_kg),
            ("reps", limits.reps, self.reps.map(f64::from)),
            ("distance_m", limits.distance_m, self.distance_m),
            ("time_s", limits.time_s, self.time_s.map(f64::from)),
            ("effort", limits.effort, self.effort.map(f64::from)),
        ];
        for (field, range, value) in values {
            if value.is_some_and(|value| !range.contains(value)) {
                findings.add(format!("{pointer}/{field}"), FieldCode::OutOfRange);
            }
        }
    }
}
