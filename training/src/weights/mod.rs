//! What athletes weigh, and the unit in which a person reads and enters weights.
//!
//! Who may read and write weights is up to the caller: the athlete writes them, the trainer who is assigned to them reads
//! them.

mod unit;
mod weight;

pub use unit::{KG_PER_LB, WeightUnit};
pub use weight::{Weight, WeightDraft, WeightLimits, create, edit, kept, recreate, remove};
