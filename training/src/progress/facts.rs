//! The facts of a session: what its statistics and bests are made of, small enough to be read for hundreds of sessions at
//! once.
//!
//! They follow from the session alone, and are derived anew whenever it changes. Of an exercise they keep the sets that
//! hold something in this session: whoever looks for the best of many sessions needs no other. Warm-ups and drop sets
//! count for history only, so nothing here comes from them, but pain, which is pain in whatever it was felt. Deliberately
//! absent: names and muscles, which are the library's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bests::Bests;
use super::e1rm::e1rm_grams;
use super::units::{from_thousandths, thousandths};
use crate::ids::{ExerciseId, SessionId};
use crate::session::{ExerciseKind, Region, Round, RoundExercise, RoundStatus, Session, Values};
use crate::timestamp::Timestamp;

/// What is to be known of a session. See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionFacts {
    /// Which session.
    pub session_id: SessionId,
    /// When it began.
    pub at: Timestamp,
    /// From the beginning of its first completed round to the completion of the last, in seconds.
    pub trained_s: u64,
    /// The efforts that were felt in working sets.
    pub felt: Mean,
    /// What was done with each exercise.
    pub exercises: Vec<ExerciseFacts>,
    /// How often each region hurt.
    pub pain: Vec<(Region, u32)>,
}

/// What was done with an exercise in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExerciseFacts {
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    /// How many working sets were done. A try without a repetition is none.
    pub sets: u32,
    /// Weight times repetitions of all of them, in grams. Neither the body's own weight nor help is any.
    pub volume_g: i64,
    /// The efforts that were planned, of sets that have both.
    pub planned: Mean,
    /// The efforts that were felt, of the same sets.
    pub felt: Mean,
    /// The sets that hold something, by their place.
    pub notable: Vec<SetFacts>,
}

/// A mean, as a sum and a number, so that means can be added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mean {
    sum: u32,
    count: u32,
}

/// A set, in integers. Where there is no weight it is the body's own, as with a weight of 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PackedSet", into = "PackedSet")]
pub struct SetFacts {
    /// When its round was completed.
    pub at: Timestamp,
    /// The number of its round.
    pub round_number: u32,
    /// Its place in the round.
    pub position: u32,
    pub(super) weight_g: Option<i64>,
    pub(super) reps: Option<u32>,
    pub(super) distance_mm: Option<i64>,
    pub(super) time_s: Option<u32>,
    effort: Option<u8>,
    /// How hard it felt, if that is known.
    pub felt: Option<u8>,
}

/// A set as it is stored: a list costs half of what names do.
type PackedSet = (Timestamp, (u32, u32), Option<i64>, Option<u32>, Option<i64>, Option<u32>, Option<u8>, Option<u8>);

impl From<PackedSet> for SetFacts {
    fn from((at, (round_number, position), weight_g, reps, distance_mm, time_s, effort, felt): PackedSet) -> Self {
        Self { at, round_number, position, weight_g, reps, distance_mm, time_s, effort, felt }
    }
}

impl From<SetFacts> for PackedSet {
    fn from(set: SetFacts) -> Self {
        let SetFacts { at, round_number, position, weight_g, reps, distance_mm, time_s, effort, felt } = set;
        (at, (round_number, position), weight_g, reps, distance_mm, time_s, effort, felt)
    }
}

impl Mean {
    /// Adds a value.
    fn add(&mut self, value: u8) {
        self.sum += u32::from(value);
        self.count += 1;
    }

    /// The mean; none of nothing.
    pub fn value(self) -> Option<f64> {
        (self.count > 0).then(|| f64::from(self.sum) / f64::from(self.count))
    }
}

impl SetFacts {
    /// The facts of an exercise of a completed round; none unless it was a working set and something was done.
    pub fn of(round: &Round, exercise: &RoundExercise) -> Option<Self> {
        let actual = exercise.actual.filter(|actual| actual.reps != Some(0))?;
        let at = round.completed_at.filter(|_| round.status == RoundStatus::Completed)?;
        (exercise.kind == ExerciseKind::Working).then(|| Self {
            at,
            round_number: round.number,
            position: exercise.position,
            weight_g: actual.weight_kg.and_then(thousandths),
            reps: actual.reps,
            distance_mm: actual.distance_m.and_then(thousandths),
            time_s: actual.time_s,
            effort: actual.effort,
            felt: exercise.feedback.as_ref().map(|feedback| feedback.effort),
        })
    }

    /// What was moved besides the body, in grams: none is 0, help is less.
    pub(super) fn load_g(&self) -> i64 {
        self.weight_g.unwrap_or(0)
    }

    /// The estimated one-repetition maximum, in grams.
    pub(super) fn e1rm_g(&self) -> Option<i64> {
        e1rm_grams(&self.actual(), self.felt)
    }

    fn volume_g(&self) -> i64 {
        self.load_g().max(0).saturating_mul(i64::from(self.reps.unwrap_or(0)))
    }

    /// What was done.
    pub fn actual(&self) -> Values {
        Values {
            weight_kg: self.weight_g.map(from_thousandths),
            reps: self.reps,
            distance_m: self.distance_mm.map(from_thousandths),
            time_s: self.time_s,
            effort: self.effort,
        }
    }
}

impl ExerciseFacts {
    fn new(exercise_id: ExerciseId) -> Self {
        let (planned, felt) = (Mean::default(), Mean::default());
        Self { exercise_id, sets: 0, volume_g: 0, planned, felt, notable: Vec::new() }
    }

    fn add(&mut self, exercise: &RoundExercise, set: SetFacts) {
        self.sets += 1;
        self.volume_g = self.volume_g.saturating_add(set.volume_g());
        if let (Some(planned), Some(felt)) = (exercise.planned.effort, set.felt) {
            self.planned.add(planned);
            self.felt.add(felt);
        }
        self.notable.push(set);
    }

    /// Keeps the sets that hold something.
    fn prune(&mut self, session_id: SessionId) {
        let mut bests = Bests::default();
        for set in &self.notable {
            bests.add_set(session_id, *set);
        }
        self.notable.retain(|set| bests.is_held_by(session_id, set));
        self.notable.sort_by_key(|set| (set.at, set.round_number, set.position));
    }
}

impl SessionFacts {
    /// The facts of a session; none before a round of it is completed.
    pub fn of(session: &Session) -> Option<Self> {
        Self::of_rounds(session, session.rounds.iter().filter(|round| round.status == RoundStatus::Completed))
    }

    /// The facts of some completed rounds of a session; none of no round.
    pub(super) fn of_rounds<'a>(session: &Session, rounds: impl IntoIterator<Item = &'a Round>) -> Option<Self> {
        let (mut felt, mut pain) = (Mean::default(), BTreeMap::new());
        let mut exercises: BTreeMap<ExerciseId, ExerciseFacts> = BTreeMap::new();
        let (mut began, mut ended) = (None, None);
        for round in rounds {
            began = began.into_iter().chain(round.started_at).min();
            ended = ended.into_iter().chain(round.completed_at).max();
            for exercise in &round.exercises {
                if let Some(feedback) = &exercise.feedback {
                    for region in &feedback.pain_regions {
                        *pain.entry(*region).or_insert(0) += 1;
                    }
                    if exercise.kind == ExerciseKind::Working {
                        felt.add(feedback.effort);
                    }
                }
                if let Some(set) = SetFacts::of(round, exercise) {
                    let id = exercise.exercise_id;
                    exercises.entry(id).or_insert_with(|| ExerciseFacts::new(id)).add(exercise, set);
                }
            }
        }
        let mut exercises: Vec<ExerciseFacts> = exercises.into_values().collect();
        for facts in &mut exercises {
            facts.prune(session.id);
        }
        let ended: Timestamp = ended?;
        let trained_ms = ended.as_millisecond() - began.unwrap_or(ended).as_millisecond();
        Some(Self {
            session_id: session.id,
            at: session.started_at,
            trained_s: u64::try_from(trained_ms / 1_000).unwrap_or(0),
            felt,
            exercises,
            pain: pain.into_iter().collect(),
        })
    }

    /// The load of the session: the mean of the efforts that were felt times the minutes it took (Carl Foster et al., *A
    /// New Approach to Monitoring Exercise Training*, Journal of Strength and Conditioning Research 15:1, 2001). Foster
    /// asks for one effort half an hour after the end; ours is the mean of what was said of each set. None where nothing
    /// was said.
    pub fn load(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "no session takes 2^52 seconds")]
        let minutes = self.trained_s as f64 / 60.0;
        self.felt.value().map(|effort| effort * minutes)
    }

    /// What was done with an exercise.
    pub fn exercise(&self, id: ExerciseId) -> Option<&ExerciseFacts> {
        self.exercises.iter().find(|facts| facts.exercise_id == id)
    }
}
