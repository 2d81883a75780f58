//! A set on its way from the row of a file to the plan.

use jiff::civil::DateTime;
use training::imports::{SkipReason, WeightUnit};
use training::{ExerciseKind, Feedback, MAX_EFFORT, MAX_NOTE_CHARS, PlannedValues, ValueLimits, Values, text};

use crate::fold::fold;
use crate::plan::PlannedSet;
use crate::units::METRES_PER_MILE;

/// When a set was done: the start and the end of its session, on the clock of whoever trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: DateTime,
    pub(crate) end: Option<DateTime>,
}

/// A weight whose unit may not be known yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weight {
    pub(crate) value: f64,
    pub(crate) unit: Option<WeightUnit>,
}

/// A distance.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Distance {
    Metres(f64),
    /// Kilometres, or miles in a file of pounds.
    Silent(f64),
}

/// A set whose unit may not be known yet.
pub(crate) struct Entry {
    pub(crate) line: u32,
    pub(crate) span: Span,
    pub(crate) exercise: usize,
    pub(crate) kind: ExerciseKind,
    pub(crate) to_failure: bool,
    pub(crate) weight: Option<Weight>,
    pub(crate) reps: Option<u32>,
    pub(crate) distance: Option<Distance>,
    pub(crate) time_s: Option<u32>,
    pub(crate) rpe: Option<f64>,
    pub(crate) note: Option<String>,
}

/// The set of an entry, once the unit of its file is known.
pub(crate) fn set_of(entry: &Entry, unit: WeightUnit) -> Result<PlannedSet, SkipReason> {
    let distance_m = entry.distance.map(|distance| match (distance, unit) {
        (Distance::Metres(metres), _) => metres,
        (Distance::Silent(distance), WeightUnit::Lb) => distance * METRES_PER_MILE,
        (Distance::Silent(distance), _) => distance * 1_000.0,
    });
    let actual = Values {
        weight_kg: entry.weight.map(|weight| weight.unit.unwrap_or(unit).kilograms(weight.value)),
        reps: entry.reps,
        distance_m: distance_m.map(|metres| (metres * 1_000.0).round() / 1_000.0),
        time_s: entry.time_s,
        effort: None,
    };
    let limits = ValueLimits::ACTUAL;
    let are_possible = actual.weight_kg.is_none_or(|kg| limits.weight_kg.contains(kg))
        && actual.reps.is_none_or(|reps| limits.reps.contains(f64::from(reps)))
        && actual.distance_m.is_none_or(|metres| limits.distance_m.contains(metres))
        && actual.time_s.is_none_or(|seconds| limits.time_s.contains(f64::from(seconds)));
    if !are_possible {
        return Err(SkipReason::OutOfRange);
    }
    let (feedback, note) = feedback(entry.rpe, entry.note.as_deref());
    let planned = PlannedValues { to_failure: entry.to_failure, ..PlannedValues::default() };
    Ok(PlannedSet { exercise: entry.exercise, kind: entry.kind, planned, actual, feedback, note })
}

/// The felt effort of an RPE, rounded half up, with what was written in the note. Without one, the note alone.
fn feedback(rpe: Option<f64>, note: Option<&str>) -> (Option<Feedback>, Option<String>) {
    let Some(rpe) = rpe else { return (None, note.map(str::to_owned)) };
    let written = note.map_or_else(|| format!("RPE {rpe}"), |note| format!("RPE {rpe}\n{note}"));
    let note = note_of(&written);
    if !(0.0..=f64::from(MAX_EFFORT)).contains(&rpe) {
        return (None, note);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10")]
    let effort = (rpe + 0.5).floor() as u8;
    (Some(Feedback { effort, pain: false, pain_regions: Vec::new(), note }), None)
}

/// A note that fits: without what can't be kept, cut where it is too long.
pub(crate) fn note_of(written: &str) -> Option<String> {
    let plain: String =
        written.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect::<String>().trim().to_owned();
    if text::is_within(&plain, MAX_NOTE_CHARS) {
        return Some(plain).filter(|note| !note.is_empty());
    }
    // A character has at most as many code points as fit on average only where the whole text does; code points are cut.
    let mut cut: String = plain.chars().take(MAX_NOTE_CHARS - 1).collect();
    cut.push('…');
    Some(cut)
}

/// A weight as it counts: help that takes weight off is less than nothing.
pub(crate) fn assisted_weight(exercise: &str, weight: f64) -> f64 {
    let name = fold(exercise);
    let is_help = ["assist", "asist", "unterstutzt"].iter().any(|word| name.contains(word));
    if is_help && weight > 0.0 { -weight } else { weight }
}
