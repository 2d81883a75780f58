//! The sets of a session: its exercises as they were really done.

use serde::{Deserialize, Serialize};

use super::e1rm::e1rm_kg;
use crate::ids::{ExerciseId, ItemId, RoundId, SessionId};
use crate::session::{ExerciseKind, Feedback, PlannedValues, RoundStatus, Session, Values};
use crate::timestamp::Timestamp;

/// An exercise of a completed round, as it was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DoneSet {
    /// When its round was completed.
    pub at: Timestamp,
    /// The session it was done in.
    pub session_id: SessionId,
    /// The round it was done in.
    pub round_id: RoundId,
    /// Which exercise of that round it is.
    pub item_id: ItemId,
    /// What it was there for.
    #[serde(default)]
    pub kind: ExerciseKind,
    /// What was to be done.
    pub planned: PlannedValues,
    /// What was done.
    pub actual: Values,
    /// What the athlete said about it.
    #[serde(default)]
    pub feedback: Option<Feedback>,
    /// The estimated one-repetition maximum, in kilograms; null if none can be made from this set.
    #[serde(default)]
    pub e1rm_kg: Option<f64>,
}

impl DoneSet {
    /// Whether it tells what the athlete can do: a warm-up doesn't, and a drop set only how much was left.
    pub fn is_working(&self) -> bool {
        self.kind == ExerciseKind::Working
    }

    /// The set with the estimate that this version makes of it. Warm-ups and drop sets count for history only.
    #[must_use]
    pub fn estimated(self) -> Self {
        Self { e1rm_kg: e1rm_kg(&self.actual, self.effort()).filter(|_| self.is_working()), ..self }
    }

    /// How hard it felt, if that is known.
    pub fn effort(&self) -> Option<u8> {
        self.feedback.as_ref().map(|feedback| feedback.effort)
    }
}

/// A set with its exercise and its place among the others of its session.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedSet {
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    /// The number of its round.
    pub round_number: u32,
    /// Its place in the round.
    pub position: u32,
    /// The set.
    pub set: DoneSet,
}

impl PlacedSet {
    /// Sorts sets by when they were done; within a session, by their place.
    pub(super) fn order(&self) -> (Timestamp, SessionId, u32, u32) {
        (self.set.at, self.set.session_id, self.round_number, self.position)
    }
}

/// The sets of a session, first to last: what was done of its completed rounds.
pub fn sets_of(session: &Session) -> Vec<PlacedSet> {
    let completed = session.rounds.iter().filter(|round| round.status == RoundStatus::Completed);
    let sets = completed.filter_map(|round| round.completed_at.map(|at| (round, at))).flat_map(|(round, at)| {
        round.exercises.iter().filter_map(move |exercise| {
            let actual = exercise.actual?;
            let feedback = exercise.feedback.clone();
            Some(PlacedSet {
                exercise_id: exercise.exercise_id,
                round_number: round.number,
                position: exercise.position,
                set: DoneSet {
                    at,
                    kind: exercise.kind,
                    session_id: session.id,
                    round_id: round.id,
                    item_id: exercise.id,
                    planned: exercise.planned,
                    e1rm_kg: None,
                    actual,
                    feedback,
                }
                .estimated(),
            })
        })
    });
    sets.collect()
}
