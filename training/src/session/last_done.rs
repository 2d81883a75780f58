//! What was done the last time, as a round carries it beside its plan.

use serde::{Deserialize, Serialize};

use super::values::Values;
use crate::timestamp::Timestamp;

/// What an athlete did with an exercise the last time, in a working set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LastDone {
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub actual: Values,
    /// How hard it felt, if that is known.
    #[serde(default)]
    pub effort: Option<u8>,
}
