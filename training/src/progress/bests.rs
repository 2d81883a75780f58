//! What an athlete has done best with an exercise.
//!
//! [`Bests`] is a fold over the facts of sessions that gives the same for every order and repetition of them: the greatest
//! of everything, and of several that are as great the earliest, who keeps it until something is strictly greater. A
//! corrected or erased session is no smaller fact but another one, so whoever corrects folds anew.

use serde::{Deserialize, Serialize};

use super::facts::{SessionFacts, SetFacts};
use super::record::Estimate;
use super::stats::{BestSet, BestVolume, ExerciseBests};
use super::units::from_thousandths;
use crate::ids::{ExerciseId, SessionId};
use crate::session::BestKind;
use crate::timestamp::Timestamp;

/// The bests of an exercise. See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bests {
    heaviest: Option<BestHolder>,
    /// The Pareto front of repetitions by weight, heaviest first: no other set had as many with as much.
    reps: Vec<BestHolder>,
    estimate: Option<BestHolder>,
    longest: Option<BestHolder>,
    farthest: Option<BestHolder>,
    volume: Option<HeldVolume>,
}

/// A set that holds a best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BestHolder {
    pub(super) session_id: SessionId,
    pub(super) set: SetFacts,
}

/// The session that holds the best volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HeldVolume {
    pub(super) at: Timestamp,
    pub(super) session_id: SessionId,
    pub(super) grams: i64,
}

impl BestHolder {
    /// Sorts by time, and then by place.
    fn order(&self) -> (Timestamp, SessionId, u32, u32) {
        (self.set.at, self.session_id, self.set.round_number, self.set.position)
    }

    /// Whether another set leaves it no place on the front: with as much and as many, and more of one or earlier.
    fn is_dominated_by(&self, other: &Self) -> bool {
        let (load, reps) = (self.set.load_g(), self.set.reps);
        let (other_load, other_reps) = (other.set.load_g(), other.set.reps);
        let is_equal = load == other_load && reps == other_reps;
        if is_equal { other.order() < self.order() } else { other_load >= load && other_reps >= reps }
    }

    fn best_set(&self, beat: bool) -> BestSet {
        BestSet { at: self.set.at, session_id: self.session_id, actual: self.set.actual(), beat }
    }

    pub(super) fn estimate(&self) -> Option<Estimate> {
        let actual = self.set.actual();
        Some(Estimate {
            at: self.set.at,
            session_id: self.session_id,
            weight_kg: actual.weight_kg?,
            reps: actual.reps?,
            effort: self.set.felt,
            e1rm_kg: from_thousandths(self.set.e1rm_g()?),
        })
    }
}

/// Gives a place to a set that is strictly greater, or as great and earlier.
fn challenge<T: Ord>(place: &mut Option<BestHolder>, challenger: BestHolder, value: impl Fn(&SetFacts) -> Option<T>) {
    let Some(greatness) = value(&challenger.set) else { return };
    let is_greater = place.as_ref().is_none_or(|held| match value(&held.set) {
        Some(known) if known == greatness => challenger.order() < held.order(),
        known => known < Some(greatness),
    });
    if is_greater {
        *place = Some(challenger);
    }
}

impl Bests {
    /// Adds a working set.
    pub(super) fn add_set(&mut self, session_id: SessionId, set: SetFacts) {
        let challenger = BestHolder { session_id, set };
        challenge(&mut self.heaviest, challenger, |set| Some(set.load_g()));
        challenge(&mut self.estimate, challenger, SetFacts::e1rm_g);
        challenge(&mut self.longest, challenger, |set| set.time_s);
        challenge(&mut self.farthest, challenger, |set| set.distance_mm.filter(|mm| *mm > 0));
        let is_known = |held: &BestHolder| *held == challenger || challenger.is_dominated_by(held);
        if set.reps.is_some() && !self.reps.iter().any(is_known) {
            self.reps.retain(|held| !held.is_dominated_by(&challenger));
            let place = self.reps.partition_point(|held| held.set.load_g() > set.load_g());
            self.reps.insert(place, challenger);
        }
    }

    /// Adds what was done with an exercise in a session.
    pub fn add(&mut self, session: &SessionFacts, exercise: ExerciseId) {
        let Some(facts) = session.exercise(exercise) else { return };
        for set in &facts.notable {
            self.add_set(session.session_id, *set);
        }
        self.add_volume(HeldVolume { at: session.at, session_id: session.session_id, grams: facts.volume_g });
    }

    fn add_volume(&mut self, challenger: HeldVolume) {
        let rank = |volume: &HeldVolume| (volume.grams, std::cmp::Reverse((volume.at, volume.session_id)));
        if challenger.grams > 0 && self.volume.as_ref().is_none_or(|held| rank(held) < rank(&challenger)) {
            self.volume = Some(challenger);
        }
    }

    /// The bests of an exercise over these sessions, in any order.
    pub fn of<'a>(sessions: impl IntoIterator<Item = &'a SessionFacts>, exercise: ExerciseId) -> Self {
        let mut bests = Self::default();
        for session in sessions {
            bests.add(session, exercise);
        }
        bests
    }

    /// Whether nothing was ever done.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what other sessions hold.
    pub fn merge(&mut self, other: &Self) {
        for held in other.sets() {
            self.add_set(held.session_id, held.set);
        }
        if let Some(volume) = other.volume {
            self.add_volume(volume);
        }
    }

    pub(super) fn sets(&self) -> impl Iterator<Item = BestHolder> + use<'_> {
        let single = [self.heaviest, self.estimate, self.longest, self.farthest].into_iter().flatten();
        self.reps.iter().copied().chain(single)
    }

    /// Whether a set of a session holds something.
    pub(super) fn is_held_by(&self, session_id: SessionId, set: &SetFacts) -> bool {
        self.sets().any(|held| held.session_id == session_id && held.set == *set)
    }

    /// The heaviest weight. Without any, and without help, there is nothing to say: then repetitions tell.
    pub(super) fn heaviest(&self) -> Option<&BestHolder> {
        self.heaviest.as_ref().filter(|held| held.set.load_g() != 0)
    }

    /// The most repetitions with this weight or more.
    pub(super) fn most_reps(&self, load_g: i64) -> Option<u32> {
        self.reps.iter().take_while(|held| held.set.load_g() >= load_g).filter_map(|held| held.set.reps).max()
    }

    pub(super) fn reps(&self) -> &[BestHolder] {
        &self.reps
    }

    pub(super) fn estimate(&self) -> Option<&BestHolder> {
        self.estimate.as_ref()
    }

    pub(super) fn longest(&self) -> Option<&BestHolder> {
        self.longest.as_ref()
    }

    pub(super) fn farthest(&self) -> Option<&BestHolder> {
        self.farthest.as_ref()
    }

    pub(super) fn volume(&self) -> Option<&HeldVolume> {
        self.volume.as_ref()
    }

    /// The bests as they are sent. `beat` says which set beat an earlier session, and in what.
    pub(super) fn wire(&self, exercise_id: ExerciseId, beat: &[(BestKind, BestHolder)]) -> ExerciseBests {
        let has_beaten = |kind: BestKind, held: &BestHolder| beat.contains(&(kind, *held));
        let best_set = |kind: BestKind, held: &BestHolder| held.best_set(has_beaten(kind, held));
        let volume = self.volume.map(|HeldVolume { at, session_id, grams }| BestVolume {
            at,
            session_id,
            kg: from_thousandths(grams),
        });
        ExerciseBests {
            exercise_id,
            heaviest: self.heaviest().map(|held| best_set(BestKind::Heaviest, held)),
            reps: self.reps.iter().map(|held| best_set(BestKind::Reps, held)).collect(),
            e1rm: self.estimate().and_then(BestHolder::estimate),
            e1rm_beat: self.estimate().is_some_and(|held| has_beaten(BestKind::E1rm, held)),
            volume,
            longest: self.longest().map(|held| best_set(BestKind::Longest, held)),
            farthest: self.farthest().map(|held| best_set(BestKind::Farthest, held)),
        }
    }
}
