//! Working out the loads of a plan for one athlete.

use crate::progress::{ExerciseRecord, record_start};
use crate::ranges::ValueLimits;
use crate::session::{Load, PlannedValues, RoundPlan};
use crate::timestamp::Timestamp;
use crate::weights::WeightUnit;

/// The rounds with each load worked out at this time, from what an athlete has done: as a weight that can be loaded, with
/// the load beside it as its source.
///
/// Where there is nothing to work it out from, the weight is empty. A load that this version doesn't know keeps the
/// weight that is there.
pub fn work_out(rounds: &[RoundPlan], records: &[ExerciseRecord], unit: WeightUnit, at: Timestamp) -> Vec<RoundPlan> {
    let mut rounds = rounds.to_vec();
    for exercise in rounds.iter_mut().flat_map(|round| &mut round.exercises) {
        let record = records.iter().find(|record| record.exercise_id == exercise.exercise_id);
        let PlannedValues { load, weight_kg, .. } = &mut exercise.planned;
        match load {
            None | Some(Load::Unknown) => {}
            Some(load) => *weight_kg = record.and_then(|record| weight_kg_of(*load, record, unit, at)),
        }
    }
    rounds
}

fn weight_kg_of(load: Load, record: &ExerciseRecord, unit: WeightUnit, at: Timestamp) -> Option<f64> {
    let exact = match load {
        Load::PercentOfE1rm(percent) => {
            // What was on record may have grown old since.
            let estimate = record.estimate.as_ref().filter(|estimate| estimate.at >= record_start(at))?;
            estimate.e1rm_kg * percent / 100.0
        }
        Load::LastPlusKg(more) => record.last.as_ref()?.actual.weight_kg? + more,
        Load::Unknown => return None,
    };
    let range = ValueLimits::PLANNED.weight_kg;
    Some(unit.loadable(exact.clamp(range.min, range.max)).clamp(range.min, range.max))
}
