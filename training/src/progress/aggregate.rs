//! From facts to statistics.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::bests::{BestHolder, Bests};
use super::facts::{ExerciseFacts, SessionFacts};
use super::new_best::taken_by;
use super::record::Estimate;
use super::stats::{
    EffortPoint, EffortSeries, EstimateSeries, ExerciseVolume, MuscleVolume, Stats, StatsExercise, WeekPain, WeekVolume,
};
use super::units::from_thousandths;
use super::week::Week;
use crate::ids::ExerciseId;
use crate::library::Exercise;
use crate::session::{BestKind, Region};

/// How much was done of something.
#[derive(Clone, Copy, Default)]
struct Amount {
    sets: u32,
    grams: i64,
}

/// A week as it is added up.
#[derive(Default)]
struct Sum {
    sessions: u32,
    all: Amount,
    load: Option<f64>,
    exercises: BTreeMap<ExerciseId, Amount>,
}

impl Amount {
    fn add(&mut self, other: Self) {
        self.sets += other.sets;
        self.grams = self.grams.saturating_add(other.grams);
    }

    fn of(facts: &ExerciseFacts) -> Self {
        Self { sets: facts.sets, grams: facts.volume_g }
    }
}

/// The statistics of these sessions, in any order; of one exercise alone if one is named. `library` has the exercises that
/// were done, and weeks begin on Monday in `zone`. What the athlete weighed follows from no session and is not in it.
pub fn stats(sessions: &[SessionFacts], only: Option<ExerciseId>, library: &[Exercise], zone: &TimeZone) -> Stats {
    let mut sessions: Vec<&SessionFacts> = sessions.iter().collect();
    sessions.sort_by_key(|session| (session.at, session.session_id));
    let library: BTreeMap<ExerciseId, &Exercise> = library.iter().map(|exercise| (exercise.id, exercise)).collect();
    let ids = exercises_of(sessions.iter().copied(), only);
    let series = ids.iter().map(|id| (*id, of_exercise(&sessions, *id)));
    let mut stats = Stats { exercises: named(&ids, &library), ..Stats::default() };
    for (exercise_id, Series { estimates, efforts, bests, beat }) in series {
        if !estimates.is_empty() {
            stats.e1rm.push(EstimateSeries { exercise_id, points: estimates });
        }
        if !efforts.is_empty() {
            stats.effort.push(EffortSeries { exercise_id, points: efforts });
        }
        if !bests.is_empty() {
            stats.bests.push(bests.wire(exercise_id, &beat));
        }
    }
    stats.volume = volume(&sessions, only, &library, zone);
    stats.pain = pain(&sessions, zone);
    stats
}

/// The exercises that were done in these sessions: all, or the one that is asked for.
pub fn exercises_of<'a>(
    sessions: impl IntoIterator<Item = &'a SessionFacts>,
    only: Option<ExerciseId>,
) -> BTreeSet<ExerciseId> {
    let all = sessions.into_iter().flat_map(|session| &session.exercises).map(|facts| facts.exercise_id);
    all.filter(|id| only.is_none_or(|only| only == *id)).collect()
}

fn named(ids: &BTreeSet<ExerciseId>, library: &BTreeMap<ExerciseId, &Exercise>) -> Vec<StatsExercise> {
    let known = ids.iter().filter_map(|id| library.get(id));
    let mut named: Vec<StatsExercise> =
        known.map(|it| StatsExercise { id: it.id, name: it.name.clone(), category: it.category }).collect();
    named.sort_by_cached_key(|exercise| (exercise.name.to_lowercase(), exercise.id));
    named
}

/// What sessions say about one exercise.
struct Series {
    estimates: Vec<Estimate>,
    efforts: Vec<EffortPoint>,
    bests: Bests,
    /// Which set beat what was done in the sessions before, and in what.
    beat: Vec<(BestKind, BestHolder)>,
}

/// What these sessions, oldest first, say about an exercise.
fn of_exercise(sessions: &[&SessionFacts], id: ExerciseId) -> Series {
    let mut series = Series { estimates: Vec::new(), efforts: Vec::new(), bests: Bests::default(), beat: Vec::new() };
    for session in sessions {
        let Some(facts) = session.exercise(id) else { continue };
        let of_session = Bests::of([*session], id);
        series.estimates.extend(of_session.estimate().and_then(BestHolder::estimate));
        let before = series.bests.clone();
        series.bests.merge(&of_session);
        for set in of_session.sets() {
            series.beat.extend(taken_by(&set, &before, &series.bests).into_iter().map(|best| (best.kind, set)));
        }
        if let (Some(planned), Some(felt)) = (facts.planned.value(), facts.felt.value()) {
            series.efforts.push(EffortPoint { at: session.at, session_id: session.session_id, planned, felt });
        }
    }
    series
}

fn volume(
    sessions: &[&SessionFacts],
    only: Option<ExerciseId>,
    library: &BTreeMap<ExerciseId, &Exercise>,
    zone: &TimeZone,
) -> Vec<WeekVolume> {
    let mut weeks: BTreeMap<Week, Sum> = BTreeMap::new();
    for session in sessions {
        if only.is_some_and(|only| session.exercise(only).is_none()) {
            continue;
        }
        let sum = weeks.entry(Week::of(session.at, zone)).or_default();
        sum.sessions += 1;
        // The load is the whole session's, and says nothing about one exercise.
        if let Some(load) = session.load().filter(|_| only.is_none()) {
            *sum.load.get_or_insert_default() += load;
        }
        for facts in session.exercises.iter().filter(|facts| only.is_none_or(|only| only == facts.exercise_id)) {
            sum.all.add(Amount::of(facts));
            sum.exercises.entry(facts.exercise_id).or_default().add(Amount::of(facts));
        }
    }
    weeks.into_iter().map(|(week, sum)| sum.wire(week, library)).collect()
}

impl Sum {
    fn wire(self, week: Week, library: &BTreeMap<ExerciseId, &Exercise>) -> WeekVolume {
        let mut muscles: BTreeMap<&str, Amount> = BTreeMap::new();
        for (id, amount) in &self.exercises {
            let of_exercise: BTreeSet<&str> =
                library.get(id).into_iter().flat_map(|exercise| &exercise.muscles).map(String::as_str).collect();
            for muscle in of_exercise {
                muscles.entry(muscle).or_default().add(*amount);
            }
        }
        let by_exercise = |(exercise_id, Amount { sets, grams }): (ExerciseId, Amount)| ExerciseVolume {
            exercise_id,
            sets,
            kg: from_thousandths(grams),
        };
        let by_muscle = |(muscle, Amount { sets, grams }): (&str, Amount)| MuscleVolume {
            muscle: muscle.to_owned(),
            sets,
            kg: from_thousandths(grams),
        };
        WeekVolume {
            week,
            sessions: self.sessions,
            sets: self.all.sets,
            kg: from_thousandths(self.all.grams),
            load: self.load,
            muscles: muscles.into_iter().map(by_muscle).collect(),
            exercises: self.exercises.into_iter().map(by_exercise).collect(),
        }
    }
}

fn pain(sessions: &[&SessionFacts], zone: &TimeZone) -> Vec<WeekPain> {
    let mut weeks: BTreeMap<(Week, Region), u32> = BTreeMap::new();
    for session in sessions.iter().filter(|session| !session.pain.is_empty()) {
        let week = Week::of(session.at, zone);
        for (region, times) in &session.pain {
            *weeks.entry((week, *region)).or_default() += times;
        }
    }
    weeks.into_iter().map(|((week, region), times)| WeekPain { week, region, times }).collect()
}
