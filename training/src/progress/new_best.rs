//! What a round beats when it is completed.

use std::collections::{BTreeMap, BTreeSet};

use super::bests::{BestHolder, Bests};
use super::facts::{SessionFacts, SetFacts};
use super::units::from_thousandths;
use crate::ids::{ExerciseId, RoundId};
use crate::session::{BestKind, NewBest, Round, RoundExercise, RoundStatus, Session};

/// Bests by exercise.
pub type BestsByExercise = BTreeMap<ExerciseId, Bests>;

/// What each exercise of a completed round beat of what was done before it; the first ever is no best.
///
/// `before` has everything that was done before the round, of this session too, at least of the round's exercises. An
/// imported session and one that was entered afterwards beat nothing: nobody was there.
pub fn new_bests(before: &BestsByExercise, session: &Session, round: &Round) -> Vec<Vec<NewBest>> {
    let mut found = vec![Vec::new(); round.exercises.len()];
    if session.recorded || session.imported || round.status != RoundStatus::Completed {
        return found;
    }
    let until_now = session.rounds.iter().filter(|other| other.id != round.id && is_before(other, round));
    let Some(facts) = SessionFacts::of_rounds(session, until_now.chain([round])) else { return found };
    let exercises: BTreeSet<ExerciseId> = round.exercises.iter().map(|exercise| exercise.exercise_id).collect();
    for id in exercises {
        let Some(before) = before.get(&id) else { continue };
        let mut after = before.clone();
        after.add(&facts, id);
        let of_exercise =
            |exercise: &RoundExercise| SetFacts::of(round, exercise).filter(|_| exercise.exercise_id == id);
        let sets: Vec<(usize, BestHolder)> = (0..)
            .zip(&round.exercises)
            .filter_map(|(i, exercise)| Some((i, BestHolder { session_id: session.id, set: of_exercise(exercise)? })))
            .collect();
        for (i, set) in &sets {
            found[*i] = taken_by(set, before, &after);
        }
        if let (Some((last, set)), Some(volume)) = (sets.last(), new_volume(before, &after, sets.last())) {
            debug_assert!(set.session_id == session.id);
            found[*last].push(volume);
        }
    }
    found
}

/// Whether a round was completed before another one.
fn is_before(round: &Round, other: &Round) -> bool {
    let order = |round: &Round| (round.completed_at, round.number);
    round.status == RoundStatus::Completed && order(round) < order(other)
}

/// What a set holds now and another one held before.
pub(super) fn taken_by(set: &BestHolder, before: &Bests, after: &Bests) -> Vec<NewBest> {
    let holder = |held: Option<&BestHolder>, value: fn(&SetFacts) -> Option<f64>, then: Option<&BestHolder>, kind| {
        let value_now = held.filter(|held| *held == set).and_then(|held| value(&held.set))?;
        let value_before = then.and_then(|then| value(&then.set)).filter(|before| *before < value_now)?;
        Some(NewBest { kind, value: value_now, before: value_before })
    };
    let reps = after.reps().contains(set).then(|| {
        let (now, then) = (set.set.reps?, before.most_reps(set.set.load_g())?);
        (now > then).then(|| NewBest { kind: BestKind::Reps, value: f64::from(now), before: f64::from(then) })
    });
    let kg = |set: &SetFacts| Some(from_thousandths(set.load_g()));
    let e1rm = |set: &SetFacts| set.e1rm_g().map(from_thousandths);
    let metres = |set: &SetFacts| set.distance_mm.map(from_thousandths);
    let seconds = |set: &SetFacts| set.time_s.map(f64::from);
    let found = [
        holder(after.heaviest(), kg, before.heaviest(), BestKind::Heaviest),
        reps.flatten(),
        holder(after.estimate(), e1rm, before.estimate(), BestKind::E1rm),
        holder(after.longest(), seconds, before.longest(), BestKind::Longest),
        holder(after.farthest(), metres, before.farthest(), BestKind::Farthest),
    ];
    found.into_iter().flatten().collect()
}

/// The volume of the session, where it has just become the greatest. While it goes on growing it is none any more.
fn new_volume(before: &Bests, after: &Bests, last: Option<&(usize, BestHolder)>) -> Option<NewBest> {
    let (then, now, (_, last)) = (before.volume()?, after.volume()?, last?);
    let is_new = now.session_id == last.session_id && then.session_id != last.session_id && now.grams > then.grams;
    let (value, before) = (from_thousandths(now.grams), from_thousandths(then.grams));
    is_new.then_some(NewBest { kind: BestKind::Volume, value, before })
}

/// What every exercise of the completed rounds of a session beat when it was done. `before` has everything that was done
/// before the session.
pub fn new_bests_of_session(before: &BestsByExercise, session: &Session) -> BTreeMap<RoundId, Vec<Vec<NewBest>>> {
    let mut rounds: Vec<&Round> =
        session.rounds.iter().filter(|round| round.status == RoundStatus::Completed).collect();
    rounds.sort_by_key(|round| (round.completed_at, round.number));
    let mut before = before.clone();
    let mut found = BTreeMap::new();
    for (i, round) in rounds.iter().enumerate() {
        found.insert(round.id, new_bests(&before, session, round));
        if let Some(facts) = SessionFacts::of_rounds(session, rounds[..=i].iter().copied()) {
            add_facts(&mut before, &facts);
        }
    }
    found
}

/// Adds what was done in a session to the bests of its exercises.
pub fn add_facts(bests: &mut BestsByExercise, facts: &SessionFacts) {
    for exercise in &facts.exercises {
        bests.entry(exercise.exercise_id).or_default().add(facts, exercise.exercise_id);
    }
}
