//! An athlete, as their trainer sees them.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// Somebody who is assigned to a trainer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Athlete {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// That of their account.
    #[serde(default)]
    pub version: u64,
}
