//! A round: exercises in order, planned by the trainer, done by the athlete.

use serde::{Deserialize, Serialize};

use super::correction::Correction;
use super::feedback::{Feedback, check_text};
use super::last_done::LastDone;
use super::new_best::NewBest;
use super::planned::{ExerciseKind, PlannedValues};
use super::values::Values;
use crate::ids::{ExerciseId, ItemId, RoundId, SessionId};
use crate::library::{Field, Video};
use crate::refusal::{FieldCode, Findings};
use crate::timestamp::Timestamp;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where a round stands.
    RoundStatus {
        /// Planned; only the trainer sees it.
        Draft = "draft",
        /// Out: the athlete sees it and has not begun.
        Released = "released",
        /// The athlete has begun.
        Active = "active",
        /// Done, with feedback for every exercise.
        Completed = "completed",
    }
}

impl RoundStatus {
    /// Whether the round is in front of the athlete: released or begun.
    pub fn is_out(self) -> bool {
        matches!(self, Self::Released | Self::Active)
    }
}

/// A round of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Round {
    /// Its id.
    pub id: RoundId,
    /// The session it belongs to.
    pub session_id: SessionId,
    /// Its number, which grows with creation. A deleted draft leaves a gap, unless it was the last.
    pub number: u32,
    /// Where it stands.
    pub status: RoundStatus,
    /// Whether completing it completes the session.
    pub is_final: bool,
    /// Rest after it, in seconds.
    pub rest_after_s: Option<u32>,
    /// When it was released last.
    pub released_at: Option<Timestamp>,
    /// When the athlete began.
    pub started_at: Option<Timestamp>,
    /// When the athlete completed it.
    pub completed_at: Option<Timestamp>,
    /// Its exercises in order.
    pub exercises: Vec<RoundExercise>,
    /// Grows with every change of this round; goes into `If-Match`.
    pub version: u64,
}

impl Round {
    /// The greatest number that a deleted draft may be created anew with. Rounds of one session have far smaller ones.
    pub const MAX_NUMBER: u32 = 1_000_000;
    /// The greatest version that it may go on from.
    pub const MAX_VERSION: u64 = 1_000_000_000;

    /// Whether it is in front of the athlete: released or begun.
    pub fn is_out(&self) -> bool {
        self.status.is_out()
    }
}

/// One exercise as it stands in one round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RoundExercise {
    /// Its id.
    pub id: ItemId,
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    /// The exercise's name when the round was saved.
    pub name: String,
    /// The exercise's fields when the round was saved.
    pub fields: Vec<Field>,
    /// The exercise's video when the round was saved. Servers before this field say nothing.
    #[serde(default)]
    pub video: Option<Video>,
    /// Its place in the round, from 0.
    pub position: u32,
    /// What it is there for.
    #[serde(default)]
    pub kind: ExerciseKind,
    /// What is to be done.
    pub planned: PlannedValues,
    /// The trainer's hint.
    pub trainer_notes: Option<String>,
    /// What this athlete did with the exercise the last time, when the round was planned. Servers before this field say
    /// nothing.
    #[serde(default)]
    pub last: Option<LastDone>,
    /// What was really done; present means ticked off.
    pub actual: Option<Values>,
    /// What the athlete said about it, once the round is completed.
    pub feedback: Option<Feedback>,
    /// What was corrected since it was noted, oldest first. Servers before this field say nothing.
    #[serde(default)]
    pub corrections: Vec<Correction>,
    /// The bests that this set took from others, once the round is completed. Only the server knows them: nobody else has
    /// everything that the athlete ever did. Empty is absent, as servers before this field leave it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<NewBest>>"))]
    pub bests: Vec<NewBest>,
}

impl RoundExercise {
    /// Whether the athlete has entered something that must not be lost.
    pub fn has_entry(&self) -> bool {
        self.actual.is_some() || self.feedback.is_some()
    }
}

/// A round as a trainer plans it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RoundPlan {
    /// Whether completing it completes the session.
    #[serde(default)]
    pub is_final: bool,
    /// Rest after it: 1 to 3,600 seconds, or none.
    #[serde(default)]
    pub rest_after_s: Option<u32>,
    /// The exercises in order, 1 to 50.
    pub exercises: Vec<PlannedExercise>,
}

/// One exercise of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PlannedExercise {
    /// Which exercise of the saved round this is; absent for a new one. Without it, the first exercise of the round
    /// with the same `exercise_id` that nothing else names is meant, so that a plan sent without ids keeps entries.
    #[serde(default)]
    pub id: Option<ItemId>,
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    /// What it is there for; working where a new exercise doesn't say. Of an exercise of the saved round that doesn't
    /// say, it stays what it was, and so do a range, `to_failure` and a load whose other values are the same: a client
    /// from before these fields takes nothing away.
    #[serde(default)]
    pub kind: Option<ExerciseKind>,
    /// What is to be done.
    #[serde(default)]
    pub planned: PlannedValues,
    /// A hint of at most 500 characters.
    #[serde(default)]
    pub trainer_notes: Option<String>,
}

impl PlannedExercise {
    /// A new exercise of a plan, with these values and nothing else.
    pub fn new(exercise_id: ExerciseId, planned: impl Into<PlannedValues>) -> Self {
        Self { id: None, exercise_id, kind: None, planned: planned.into(), trainer_notes: None }
    }
}

impl From<&Round> for RoundPlan {
    /// The plan that saves a round as it is.
    fn from(round: &Round) -> Self {
        let planned = |exercise: &RoundExercise| PlannedExercise {
            id: Some(exercise.id),
            exercise_id: exercise.exercise_id,
            kind: Some(exercise.kind),
            planned: exercise.planned,
            trainer_notes: exercise.trainer_notes.clone(),
        };
        Self {
            is_final: round.is_final,
            rest_after_s: round.rest_after_s,
            exercises: round.exercises.iter().map(planned).collect(),
        }
    }
}

impl RoundPlan {
    /// The plan of a round that was deleted, for one in its place: its exercises get new ids.
    pub fn anew(deleted: &Round) -> Self {
        let mut plan = Self::from(deleted);
        for exercise in &mut plan.exercises {
            exercise.id = None;
        }
        plan
    }

    /// Whether it plans the same. Where a client from before kinds says none, working is meant.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.clone().with_kinds() == other.clone().with_kinds()
    }

    /// The plan with the kind of every exercise.
    #[must_use]
    pub(crate) fn with_kinds(mut self) -> Self {
        for exercise in &mut self.exercises {
            exercise.kind.get_or_insert_default();
        }
        self
    }

    /// Most exercises in a round.
    pub const MAX_EXERCISES: usize = 50;
    /// The shortest rest, in seconds.
    pub const MIN_REST_S: u32 = 1;
    /// Longest rest, in seconds.
    pub const MAX_REST_S: u32 = 3_600;

    /// Reports everything wrong with the plan that can be checked without the session, with `pointer` as its JSON pointer.
    pub(crate) fn check(&self, pointer: &str, findings: &mut Findings) {
        if self.exercises.is_empty() {
            findings.add(format!("{pointer}/exercises"), FieldCode::Required);
        }
        if self.exercises.len() > Self::MAX_EXERCISES {
            findings.add(format!("{pointer}/exercises"), FieldCode::TooLong);
        }
        if self.rest_after_s.is_some_and(|s| !(Self::MIN_REST_S..=Self::MAX_REST_S).contains(&s)) {
            findings.add(format!("{pointer}/rest_after_s"), FieldCode::OutOfRange);
        }
        for (i, exercise) in self.exercises.iter().enumerate() {
            let pointer = format!("{pointer}/exercises/{i}");
            exercise.planned.check(&format!("{pointer}/planned"), findings);
            check_text(exercise.trainer_notes.as_deref(), &format!("{pointer}/trainer_notes"), findings);
            let named_before = |id| self.exercises[..i].iter().any(|earlier| earlier.id == Some(id));
            if exercise.id.is_some_and(named_before) {
                findings.add(format!("{pointer}/id"), FieldCode::Duplicate);
            }
        }
    }
}
