//! From a trainer's plan to the exercises of a round, keeping what the athlete has entered.

use super::command::Context;
use super::planned::PlannedValues;
use super::round::{PlannedExercise, RoundExercise, RoundPlan};
use crate::ids::ItemId;
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::text::trimmed;

/// The exercises of a round after `plan` is applied to its exercises `before`.
///
/// An exercise of the plan that names one of `before` keeps its id and the athlete's entries. Naming is by `id`;
/// without one, the first of `before` with the same library exercise that nothing else names is meant.
pub(crate) fn exercises(
    before: &[RoundExercise],
    plan: &RoundPlan,
    context: &mut Context<'_>,
) -> Result<Vec<RoundExercise>, Refusal> {
    let mut findings = Findings::default();
    plan.check("", &mut findings);
    let mut taken: Vec<ItemId> = plan.exercises.iter().filter_map(|planned| planned.id).collect();
    let mut after = Vec::with_capacity(plan.exercises.len());
    for (position, planned) in (0_u32..).zip(&plan.exercises) {
        let kept = match planned.id {
            Some(id) => {
                let kept = before.iter().find(|exercise| exercise.id == id);
                if kept.is_none() {
                    findings.add_mismatch(format!("/exercises/{position}/id"), FieldCode::UnknownReference);
                }
                kept
            }
            None => before
                .iter()
                .find(|exercise| exercise.exercise_id == planned.exercise_id && !taken.contains(&exercise.id)),
        };
        taken.extend(kept.map(|kept| kept.id));
        let is_taken = |id| before.iter().chain(&after).any(|known| known.id == id);
        let id = kept.map_or_else(|| unused_id(context, is_taken), |kept| kept.id);
        match item((position, id), planned, kept, context) {
            Some(exercise) => after.push(exercise),
            None => findings.add_mismatch(format!("/exercises/{position}/exercise_id"), FieldCode::UnknownReference),
        }
    }
    findings.into_result()?;
    Ok(after)
}

/// Whether going from `before` to `after` would lose something the athlete has entered.
pub(crate) fn drops_entries(before: &[RoundExercise], after: &[RoundExercise]) -> bool {
    before.iter().filter(|exercise| exercise.has_entry()).any(|entered| {
        !after.iter().any(|kept| {
            // Another exercise under the same id would attach the athlete's entries to something they never did.
            kept.id == entered.id && kept.exercise_id == entered.exercise_id
        })
    })
}

/// What is planned of an exercise. A client that doesn't know its kind doesn't know of a range or a load either: what it
/// leaves as it was keeps them.
fn values(planned: &PlannedExercise, kept: Option<&RoundExercise>) -> PlannedValues {
    let is_unchanged = |kept: &&RoundExercise| planned.planned == kept.planned.done_as_planned().into();
    match kept.filter(is_unchanged) {
        Some(kept) if planned.kind.is_none() => kept.planned,
        _ => planned.planned,
    }
}

/// The next id that no exercise of the round has. One is taken only if a client chose its key to collide.
fn unused_id(context: &mut Context<'_>, is_taken: impl Fn(ItemId) -> bool) -> ItemId {
    loop {
        let id = ItemId((context.new_id)());
        if !is_taken(id) {
            return id;
        }
    }
}

/// One exercise of the round; `None` when the library offers no such exercise.
fn item(
    (position, id): (u32, ItemId),
    planned: &PlannedExercise,
    kept: Option<&RoundExercise>,
    context: &mut Context<'_>,
) -> Option<RoundExercise> {
    let same = kept.filter(|kept| kept.exercise_id == planned.exercise_id);
    let (name, fields, video) = match ((context.exercise)(planned.exercise_id), same) {
        (Some(exercise), _) if !exercise.archived => (exercise.name, exercise.fields, exercise.video),
        // Archived since: an exercise already in the round may stay.
        (_, Some(kept)) => (kept.name.clone(), kept.fields.clone(), kept.video.clone()),
        _ => return None,
    };
    Some(RoundExercise {
        id,
        exercise_id: planned.exercise_id,
        name,
        fields,
        video,
        position,
        kind: planned.kind.or(same.map(|kept| kept.kind)).unwrap_or_default(),
        planned: values(planned, same),
        trainer_notes: trimmed(planned.trainer_notes.as_deref()),
        last: (context.last)(planned.exercise_id).or_else(|| same.and_then(|kept| kept.last.clone())),
        actual: same.and_then(|kept| kept.actual),
        feedback: same.and_then(|kept| kept.feedback.clone()),
        corrections: same.map(|kept| kept.corrections.clone()).unwrap_or_default(),
        bests: Vec::new(),
    })
}
