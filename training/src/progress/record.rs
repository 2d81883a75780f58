//! What an athlete did with an exercise the last time, and their best estimate of late.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::done_set::{DoneSet, PlacedSet, sets_of};
use crate::ids::{ExerciseId, SessionId};
use crate::session::{LastDone, Session};
use crate::timestamp::Timestamp;

/// For how many days an estimate counts, and an exercise is on record.
pub const RECORD_DAYS: i64 = 90;

/// An estimated one-repetition maximum, with the set it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Estimate {
    /// When the set was done.
    pub at: Timestamp,
    /// The session it was done in.
    pub session_id: SessionId,
    /// The weight.
    pub weight_kg: f64,
    /// The repetitions.
    pub reps: u32,
    /// How hard it felt, if that is known.
    #[serde(default)]
    pub effort: Option<u8>,
    /// The estimate, in kilograms.
    pub e1rm_kg: f64,
}

/// An exercise that an athlete did in the last 90 days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ExerciseRecord {
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    /// What they did the last time.
    #[serde(default)]
    pub last: Option<LastDone>,
    /// The greatest estimate of those 90 days, if there is one.
    #[serde(default)]
    pub estimate: Option<Estimate>,
}

/// What the record of an exercise is made of, at any time from when this was worked out: as days pass, an estimate
/// gives way to the next smaller one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExerciseProgress {
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    last: LastDone,
    /// Newest first, each greater than those before it.
    estimates: Vec<Estimate>,
}

impl From<&DoneSet> for LastDone {
    fn from(set: &DoneSet) -> Self {
        Self { at: set.at, actual: set.actual, effort: set.effort() }
    }
}

impl Estimate {
    fn of(set: &DoneSet) -> Option<Self> {
        Some(Self {
            at: set.at,
            session_id: set.session_id,
            weight_kg: set.actual.weight_kg?,
            reps: set.actual.reps?,
            effort: set.effort(),
            e1rm_kg: set.e1rm_kg?,
        })
    }
}

impl ExerciseProgress {
    /// From the sets of an exercise, newest first; none without a working set.
    pub fn of<'a>(exercise_id: ExerciseId, sets: impl IntoIterator<Item = &'a DoneSet>) -> Option<Self> {
        let (mut last, mut estimates) = (None, Vec::<Estimate>::new());
        for set in sets {
            last = last.or_else(|| set.is_working().then(|| LastDone::from(set)));
            let greatest = estimates.last().map_or(0.0, |estimate| estimate.e1rm_kg);
            estimates.extend(Estimate::of(set).filter(|estimate| estimate.e1rm_kg > greatest));
        }
        last.map(|last| Self { exercise_id, last, estimates })
    }

    /// The record at `now`; none if the exercise was last done too long ago.
    pub fn record(&self, now: Timestamp) -> Option<ExerciseRecord> {
        let since = record_start(now);
        (self.last.at >= since).then(|| ExerciseRecord {
            exercise_id: self.exercise_id,
            last: Some(self.last.clone()),
            estimate: self.estimates.iter().rev().find(|estimate| estimate.at >= since).cloned(),
        })
    }
}

/// The instant from which on sets count for a record at `now`.
pub fn record_start(now: Timestamp) -> Timestamp {
    let ms = now.as_millisecond() - RECORD_DAYS * 24 * 60 * 60 * 1_000;
    Timestamp::from_millisecond(ms).unwrap_or(now)
}

/// The records of an athlete at `now`, by exercise, from all their sessions in any order.
pub fn records<'a>(sessions: impl IntoIterator<Item = &'a Session>, now: Timestamp) -> Vec<ExerciseRecord> {
    let by_exercise = newest_first(sessions);
    let progress = by_exercise.into_iter().filter_map(|(id, sets)| ExerciseProgress::of(id, &sets));
    progress.filter_map(|progress| progress.record(now)).collect()
}

/// What an athlete did with an exercise the last time, from all their sessions in any order.
pub fn last_done<'a>(sessions: impl IntoIterator<Item = &'a Session>, exercise: ExerciseId) -> Option<LastDone> {
    let by_exercise = newest_first(sessions);
    by_exercise.get(&exercise).and_then(|sets| sets.iter().find(|set| set.is_working())).map(LastDone::from)
}

fn newest_first<'a>(sessions: impl IntoIterator<Item = &'a Session>) -> BTreeMap<ExerciseId, Vec<DoneSet>> {
    let mut sets: Vec<PlacedSet> = sessions.into_iter().flat_map(sets_of).collect();
    sets.sort_by_key(|set| std::cmp::Reverse(set.order()));
    let mut by_exercise: BTreeMap<ExerciseId, Vec<DoneSet>> = BTreeMap::new();
    for placed in sets {
        by_exercise.entry(placed.exercise_id).or_default().push(placed.set);
    }
    by_exercise
}
