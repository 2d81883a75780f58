//! The estimated one-repetition maximum: what somebody could lift once.
//!
//! Brzycki's formula, `36 w / (37 − r)` (Matt Brzycki, *Strength Testing – Predicting a One-Rep Max from
//! Reps-to-Fatigue*, JOPERD 64:1, 1993). It takes a set that ended at the limit. Most sets do not, so `r` are
//! *effective* repetitions: those done, and those that were left by the effort that was felt.

use super::units::{from_thousandths, thousandths};
use crate::ranges::MAX_EFFORT;
use crate::session::Values;

/// The most effective repetitions that an estimate is made from: beyond them the known formulas drift apart.
pub const MAX_EFFECTIVE_REPS: u32 = 10;
/// The least felt effort that tells how many repetitions were left.
pub const MIN_EFFORT: u8 = 6;

/// The estimated one-repetition maximum of a set, in kilograms; `effort` is the one that was felt, if known.
///
/// There is none for a set without a weight on the bar or without a repetition, for one that is measured in time or
/// distance, for an effort that was too low, and beyond [`MAX_EFFECTIVE_REPS`].
pub fn e1rm_kg(actual: &Values, effort: Option<u8>) -> Option<f64> {
    e1rm_grams(actual, effort).map(from_thousandths)
}

/// The same, in grams.
pub(super) fn e1rm_grams(actual: &Values, effort: Option<u8>) -> Option<i64> {
    if actual.distance_m.is_some() || actual.time_s.is_some() {
        return None;
    }
    let grams = thousandths(actual.weight_kg?).filter(|grams| *grams > 0)?;
    let reps = effective_reps(actual.reps?, effort)?;
    let divisor = i64::from(37 - reps);
    // Rounded half up.
    Some((2 * 36 * grams + divisor) / (2 * divisor))
}

/// The repetitions done and those that were left; none where no estimate can be made from them.
fn effective_reps(reps: u32, effort: Option<u8>) -> Option<u32> {
    let left = match effort {
        Some(effort) if effort < MIN_EFFORT => return None,
        Some(effort) => u32::from(MAX_EFFORT.saturating_sub(effort)),
        None => 0,
    };
    let effective = reps.checked_add(left)?;
    (reps > 0 && effective <= MAX_EFFECTIVE_REPS).then_some(effective)
}
