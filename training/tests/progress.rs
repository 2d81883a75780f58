//! Sets, estimates and records: derived from sessions alone, whatever order these come in.

mod common;

use common::{Studio, exercise, jonas, library, mira, person, plan, reports};
use proptest::prelude::*;
use training::progress::{DoneSet, ExerciseProgress, last_done, records, sets_of};
use training::{
    Command, Context, ExerciseKind, ExerciseReport, FieldCode, ItemId, PlannedValues, RecordedExercise,
    RecordedFeedback, RecordedRound, Recording, Refusal, RoundId, Session, SessionId, SessionRecord, Timestamp, Values,
    e1rm_kg, record,
};
use uuid::Uuid;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn lifted(weight_kg: f64, reps: u32) -> Values {
    Values { weight_kg: Some(weight_kg), reps: Some(reps), ..Values::default() }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("an instant")
}

/// A set on a day, with an estimate.
fn set(day: i64, weight_kg: f64, reps: u32) -> DoneSet {
    DoneSet {
        at: at(day * DAY_MS),
        session_id: SessionId(Uuid::from_u128(u128::from(day.unsigned_abs()))),
        round_id: RoundId(Uuid::nil()),
        item_id: ItemId(Uuid::nil()),
        kind: ExerciseKind::Working,
        planned: PlannedValues::default(),
        actual: lifted(weight_kg, reps),
        feedback: None,
        e1rm_kg: e1rm_kg(&lifted(weight_kg, reps), None),
    }
}

fn is_about(estimate: Option<f64>, kg: f64) -> bool {
    estimate.is_some_and(|estimate| (estimate - kg).abs() <= 0.1)
}

#[test]
fn estimates_agree_with_the_published_table() {
    for (reps, kg) in [(1, 100.0), (2, 102.9), (3, 105.9), (4, 109.1), (5, 112.5), (6, 116.1), (8, 124.1), (10, 133.3)]
    {
        assert!(is_about(e1rm_kg(&lifted(100.0, reps), None), kg), "{reps} repetitions");
    }
}

#[test]
fn a_felt_effort_adds_the_repetitions_that_were_left() {
    assert_eq!(e1rm_kg(&lifted(100.0, 5), Some(10)), e1rm_kg(&lifted(100.0, 5), None));
    assert_eq!(e1rm_kg(&lifted(100.0, 5), Some(8)), e1rm_kg(&lifted(100.0, 7), None));
    assert_eq!(e1rm_kg(&lifted(100.0, 6), Some(6)), e1rm_kg(&lifted(100.0, 10), None));
}

#[test]
fn there_is_no_estimate_where_none_can_be_made() {
    assert_eq!(e1rm_kg(&lifted(100.0, 11), None), None, "too many repetitions");
    assert_eq!(e1rm_kg(&lifted(100.0, 8), Some(7)), None, "too many that are effective");
    assert_eq!(e1rm_kg(&lifted(100.0, 5), Some(5)), None, "too easy to tell");
    assert_eq!(e1rm_kg(&lifted(100.0, 0), None), None, "a failed try");
    assert_eq!(e1rm_kg(&lifted(100.0, 0), Some(6)), None, "a failed try, whatever was felt");
    assert_eq!(e1rm_kg(&lifted(0.0, 5), None), None, "no weight");
    assert_eq!(e1rm_kg(&lifted(-20.0, 5), None), None, "help taken off");
    assert_eq!(e1rm_kg(&lifted(20.0, 37), None), None, "where the formula divides by zero");
    assert_eq!(e1rm_kg(&lifted(20.0, 40), None), None, "and beyond");
    assert_eq!(e1rm_kg(&Values { time_s: Some(30), ..lifted(100.0, 5) }, None), None, "measured in time");
    assert_eq!(e1rm_kg(&Values { distance_m: Some(30.0), ..lifted(100.0, 5) }, None), None, "measured in distance");
    assert_eq!(e1rm_kg(&Values { weight_kg: None, ..lifted(100.0, 5) }, None), None, "body weight");
}

proptest! {
    #[test]
    fn an_estimate_rises_with_weight_and_repetitions_and_is_never_below_the_weight(
        grams in 1..500_000_i64, more in 1..10_000_i64, reps in 1..=9_u32,
    ) {
        #[allow(clippy::cast_precision_loss, reason = "small")]
        let kg = |grams: i64| grams as f64 / 1_000.0;
        let estimate = |grams: i64, reps: u32| e1rm_kg(&lifted(kg(grams), reps), None).expect("an estimate");
        prop_assert!(estimate(grams, 1) >= kg(grams));
        prop_assert!(estimate(grams, reps + 1) >= estimate(grams, reps));
        prop_assert!(estimate(grams + more, reps) >= estimate(grams, reps));
        let exact = 36.0 * kg(grams) / f64::from(37 - reps);
        prop_assert!((estimate(grams, reps) - exact).abs() <= 0.000_51, "rounded to whole grams");
    }

    #[test]
    fn a_record_is_the_greatest_estimate_of_ninety_days_on_every_day(
        sets in prop::collection::vec((0..200_i64, 1..300_u32, 0..12_u32), 1..30), today in 0..400_i64,
    ) {
        let mut sets: Vec<DoneSet> = sets.iter().map(|(day, kg, reps)| set(*day, f64::from(*kg), *reps)).collect();
        sets.sort_by_key(|set| std::cmp::Reverse(set.at));
        let progress = ExerciseProgress::of(exercise(1), &sets).expect("there are sets");
        let counts = |set: &&DoneSet| set.at.as_millisecond() >= (today - 90) * DAY_MS;
        let greatest = sets.iter().filter(counts).filter_map(|set| set.e1rm_kg).fold(0.0, f64::max);
        let record = progress.record(at(today * DAY_MS));
        prop_assert_eq!(record.is_some(), sets.iter().any(|set| counts(&set)));
        if let Some(record) = record {
            prop_assert_eq!(record.estimate.map(|estimate| estimate.e1rm_kg), Some(greatest).filter(|kg| *kg > 0.0));
            prop_assert_eq!(record.last.map(|last| last.at), Some(sets[0].at));
        }
    }
}

/// A session in which `rounds` were done with one exercise.
fn trained(studio: &mut Studio, rounds: &[(u128, f64, u32)]) -> Session {
    let mut session = studio.joined();
    for (number, weight_kg, reps) in rounds {
        let add = Command::AddRound { plan: plan(&[*number]), release: true };
        studio.act(&mut session, &jonas(), add).expect("free");
        let round = session.round_out().expect("it is out").clone();
        let done = Some(lifted(*weight_kg, *reps));
        let reports: Vec<ExerciseReport> =
            reports(&round).into_iter().map(|report| ExerciseReport { effort: 10, actual: done, ..report }).collect();
        let complete = Command::CompleteRound { round: round.id, reports, late: false };
        studio.act(&mut session, &mira(), complete).expect("it is out");
    }
    session
}

#[test]
fn b63_the_last_set_of_the_newest_session_is_what_was_done_last() {
    let mut studio = Studio::default();
    let older = trained(&mut studio, &[(1, 100.0, 5), (1, 90.0, 8)]);
    let newer = trained(&mut studio, &[(1, 80.0, 5), (1, 85.0, 3), (2, 20.0, 10)]);
    let now = studio.now();
    for sessions in [[&older, &newer], [&newer, &older]] {
        assert_eq!(last_done(sessions, exercise(1)).map(|last| last.actual), Some(lifted(85.0, 3)));
        let records = records(sessions, now);
        assert_eq!(records.iter().map(|record| record.exercise_id).collect::<Vec<_>>(), [exercise(1), exercise(2)]);
        let best = records[0].estimate.as_ref().expect("there is one");
        assert_eq!((best.weight_kg, best.reps, best.session_id, best.e1rm_kg), (100.0, 5, older.id, 112.5));
    }
    assert_eq!(last_done([&older], exercise(2)), None);
}

#[test]
fn a_round_that_is_not_completed_has_no_sets() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1]);
    let log = Command::LogExercise { round: round.id, item: round.exercises[0].id, actual: Some(lifted(80.0, 5)) };
    studio.act(&mut session, &mira(), log).expect("it is out");
    assert_eq!(sets_of(&session), []);
}

#[test]
fn b65_a_corrected_value_changes_what_follows_from_it_and_keeps_what_was_noted() {
    let mut studio = Studio::default();
    let mut session = trained(&mut studio, &[(1, 1_000.0, 5)]);
    let round = session.rounds[0].clone();
    let correct = |version, by: &training::Actor, studio: &mut Studio, session: &mut Session| {
        let item = round.exercises[0].id;
        let reason = Some(" a slip ".to_owned());
        let command = Command::CorrectExercise { round: round.id, item, version, actual: lifted(100.0, 5), reason };
        studio.act(session, by, command)
    };
    let stale = correct(round.version - 1, &mira(), &mut studio, &mut session);
    assert_eq!(stale, Err(Refusal::VersionMismatch));
    let ended = studio.act(&mut session, &jonas(), Command::Cancel { reason: None });
    assert!(ended.is_ok() && !session.status.is_open());
    correct(round.version, &jonas(), &mut studio, &mut session).expect("also after the end");
    let corrected = &session.rounds[0].exercises[0];
    assert_eq!(corrected.actual, Some(lifted(100.0, 5)));
    let [correction] = &corrected.corrections[..] else { panic!("it is kept") };
    assert_eq!((correction.before, &correction.by), (Some(lifted(1_000.0, 5)), &jonas().person));
    assert_eq!(correction.reason.as_deref(), Some("a slip"));
    assert_eq!(session.rounds[0].version, round.version + 1);
    let records = records([&session], studio.now());
    assert_eq!(records[0].estimate.as_ref().map(|estimate| estimate.e1rm_kg), Some(112.5));
}

#[test]
fn of_many_corrections_the_first_and_the_latest_are_kept() {
    let mut studio = Studio::default();
    let mut session = trained(&mut studio, &[(1, 50.0, 5)]);
    for kg in 0..30_u32 {
        let round = &session.rounds[0];
        let (id, item, version) = (round.id, round.exercises[0].id, round.version);
        let actual = lifted(f64::from(kg), 5);
        let command = Command::CorrectExercise { round: id, item, version, actual, reason: None };
        studio.act(&mut session, &mira(), command).expect("it is noted");
    }
    let corrections = &session.rounds[0].exercises[0].corrections;
    assert_eq!(corrections.len(), training::RoundExercise::MAX_CORRECTIONS);
    assert_eq!(corrections[0].before, Some(lifted(50.0, 5)), "what was noted first");
    assert_eq!(corrections.last().map(|last| last.before), Some(Some(lifted(28.0, 5))));
}

#[test]
fn corrections_of_an_exercise_stay_small_whatever_their_reasons_are() {
    let longest = "\u{1F469}\u{200D}\u{1F52C}".repeat(500);
    let mut studio = Studio::default();
    let mut session = trained(&mut studio, &[(1, 50.0, 5)]);
    for kg in 0..10_u32 {
        let round = &session.rounds[0];
        let (id, item, version) = (round.id, round.exercises[0].id, round.version);
        let (actual, reason) = (lifted(f64::from(kg), 5), Some(longest.clone()));
        let command = Command::CorrectExercise { round: id, item, version, actual, reason };
        studio.act(&mut session, &mira(), command).expect("it is never refused for its size");
        let corrections = &session.rounds[0].exercises[0].corrections;
        assert_eq!(corrections[0].before, Some(lifted(50.0, 5)), "what was noted first");
        let last = corrections.last().expect("it is kept");
        assert_eq!(last.reason.as_deref(), Some(longest.as_str()));
        let bytes = serde_json::to_string(corrections).expect("it can be written").len();
        assert!(bytes < longest.len() + 1_000, "{bytes}");
    }
}

#[test]
fn a_correction_that_says_what_is_noted_changes_nothing() {
    let mut studio = Studio::default();
    let session = trained(&mut studio, &[(1, 50.0, 5)]);
    let round = &session.rounds[0];
    let correct = |version: u64| Command::CorrectExercise {
        round: round.id,
        item: round.exercises[0].id,
        version,
        actual: lifted(50.0, 5),
        reason: Some("to be sure".to_owned()),
    };
    assert_eq!(studio.decide(&session, &mira(), correct(round.version)), Ok(Vec::new()));
    assert_eq!(studio.decide(&session, &mira(), correct(round.version + 1)), Err(Refusal::VersionMismatch));
}

fn recorded(exercise_number: u128, actual: Values) -> RecordedExercise {
    let feedback = RecordedFeedback { effort: 9, pain: false, pain_regions: Vec::new(), note: None };
    RecordedExercise {
        exercise_id: exercise(exercise_number),
        planned: PlannedValues::default(),
        actual,
        feedback: Some(feedback),
    }
}

/// Records a session that began on day 1 and lasted an hour, on day 2.
fn record_it(change: impl FnOnce(&mut SessionRecord), open_since: Option<Timestamp>) -> Result<Session, Refusal> {
    let rounds = vec![
        RecordedRound { exercises: vec![recorded(1, lifted(60.0, 8)), recorded(3, lifted(20.0, 0))] },
        RecordedRound { exercises: vec![recorded(1, lifted(70.0, 5))] },
    ];
    let mut entered = SessionRecord { started_at: at(DAY_MS), ended_at: at(DAY_MS + 3_600_000), rounds };
    change(&mut entered);
    let mut next = 10;
    let mut new_id = || {
        next += 1;
        Uuid::from_u128(next)
    };
    let mut context = Context { at: at(2 * DAY_MS), new_id: &mut new_id, exercise: &library, last: &|_| None };
    let recording =
        Recording { id: SessionId(Uuid::from_u128(1)), athlete: person(1, "Mira"), trainer: None, open_since };
    record(&entered, recording, &mut context)
}

#[test]
fn b65_a_session_that_happened_without_ringside_counts_like_any_other() {
    let session = record_it(|_| {}, None).expect("it is fine, also with an archived exercise");
    assert!(session.recorded && !session.status.is_open());
    let sets = sets_of(&session);
    assert_eq!(
        sets.iter().map(|set| set.set.actual).collect::<Vec<_>>(),
        [lifted(60.0, 8), lifted(20.0, 0), lifted(70.0, 5)]
    );
    assert_eq!(last_done([&session], exercise(1)).map(|last| last.actual), Some(lifted(70.0, 5)));
}

#[test]
fn what_is_wrong_with_a_recorded_session_is_named() {
    let findings = |change: fn(&mut SessionRecord)| {
        let refused = record_it(change, None).expect_err("it is refused").into_fields();
        refused.into_iter().map(|found| (found.pointer, found.code)).collect::<Vec<_>>()
    };
    let found = |pointer: &str, code| vec![(pointer.to_owned(), code)];
    assert_eq!(findings(|it| it.ended_at = at(DAY_MS - 1)), found("/ended_at", FieldCode::OutOfOrder));
    assert_eq!(findings(|it| it.ended_at = at(2 * DAY_MS + 1)), found("/ended_at", FieldCode::InFuture));
    assert_eq!(findings(|it| it.rounds.clear()), found("/rounds", FieldCode::Required));
    assert_eq!(findings(|it| it.rounds[1].exercises.clear()), found("/rounds/1/exercises", FieldCode::Required));
    assert_eq!(
        findings(|it| it.rounds[0].exercises[1].exercise_id = exercise(9)),
        found("/rounds/0/exercises/1/exercise_id", FieldCode::UnknownReference)
    );
    assert_eq!(
        findings(|it| it.rounds[1].exercises[0].actual.weight_kg = Some(2_001.0)),
        found("/rounds/1/exercises/0/actual/weight_kg", FieldCode::OutOfRange)
    );
    assert_eq!(
        findings(|it| {
            let feedback = it.rounds[1].exercises[0].feedback.as_mut();
            feedback.expect("it has some").pain = true;
        }),
        found("/rounds/1/exercises/0/feedback/pain_regions", FieldCode::RegionsMissing)
    );
}

#[test]
fn a_recorded_session_does_not_overlap_the_open_one() {
    let end = at(DAY_MS + 3_600_000);
    assert_eq!(record_it(|_| {}, Some(end)), Err(Refusal::SessionOpen));
    assert!(record_it(|_| {}, Some(at(end.as_millisecond() + 1))).is_ok());
}

#[test]
fn b62_warm_ups_and_drop_sets_count_for_history_only() {
    let of = |kind, day, weight_kg| DoneSet { kind, ..set(day, weight_kg, 5) }.estimated();
    let sets =
        [of(ExerciseKind::WarmUp, 4, 150.0), of(ExerciseKind::Drop, 3, 120.0), of(ExerciseKind::Working, 2, 100.0)];
    assert_eq!([sets[0].e1rm_kg, sets[1].e1rm_kg], [None, None]);
    let progress = ExerciseProgress::of(exercise(1), &sets).expect("there is a working set");
    let record = progress.record(at(5 * DAY_MS)).expect("it was done of late");
    assert_eq!(record.last.map(|last| last.actual), Some(lifted(100.0, 5)));
    assert!(is_about(record.estimate.map(|estimate| estimate.e1rm_kg), 112.5), "of the working set");
    assert_eq!(ExerciseProgress::of(exercise(1), &sets[..2]), None);
}
