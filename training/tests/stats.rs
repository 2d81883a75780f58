//! Statistics over sessions: series, weeks and sums.

mod common;

use common::history::{Item, drop_set, effort, lifted, session, time, warm_up};
use common::{exercise, library};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use training::progress::{SessionFacts, Week, stats};
use training::{Exercise, Feedback, Region, Session, Stats, Timestamp, Values};

/// The statistics of sessions: weeks in UTC, and two exercises that share a muscle.
fn of(sessions: &[&Session], only: Option<u128>) -> Stats {
    let facts: Vec<SessionFacts> = sessions.iter().filter_map(|session| SessionFacts::of(session)).collect();
    stats(&facts, only.map(exercise), &exercises(), &TimeZone::UTC)
}

fn exercises() -> Vec<Exercise> {
    let muscles = [vec!["legs", "back", "legs"], vec!["back"]];
    let with = |(number, muscles): (u128, &Vec<&str>)| {
        let muscles = muscles.iter().map(|muscle| (*muscle).to_owned()).collect();
        Exercise { muscles, ..library(exercise(number)).expect("it exists") }
    };
    (1..).zip(&muscles).map(with).collect()
}

fn week(at: &str, zone: &str) -> String {
    let at: jiff::Timestamp = at.parse().expect("an instant");
    let zone = TimeZone::get(zone).expect("a time zone");
    let written = serde_json::to_value(Week::of(Timestamp::from(at), &zone)).expect("JSON");
    written.as_str().expect("a date").to_owned()
}

#[test]
fn a_series_has_the_greatest_estimate_of_each_session_oldest_first() {
    let first =
        session(1, &[&[(1, lifted(100.0, 5)).into(), (1, lifted(100.0, 5)).into(), (1, lifted(80.0, 5)).into()]]);
    let second = session(8, &[&[(1, lifted(90.0, 3)).into()], &[(1, lifted(90.0, 5)).into()]]);
    let none = session(9, &[&[(1, lifted(20.0, 30)).into()]]);
    for sessions in [[&first, &second, &none], [&none, &second, &first]] {
        let stats = of(&sessions, None);
        let points: Vec<(f64, u32, f64)> =
            stats.e1rm[0].points.iter().map(|it| (it.weight_kg, it.reps, it.e1rm_kg)).collect();
        assert_eq!(points, [(100.0, 5, 112.5), (90.0, 5, 101.25)]);
        assert_eq!(stats.e1rm[0].points[0].at, time(1, 20), "when the round was completed");
    }
}

#[test]
fn volume_is_weight_times_repetitions_by_week_exercise_and_muscle() {
    let monday =
        session(0, &[&[(1, lifted(100.0, 5)).into(), (2, lifted(50.0, 10)).into(), warm_up(1, lifted(60.0, 5))]]);
    let sunday =
        session(6, &[&[(1, lifted(102.5, 3)).into(), drop_set(1, lifted(60.0, 9)), (2, lifted(-10.0, 5)).into()]]);
    let later =
        session(14, &[&[(1, Values { reps: Some(12), ..Values::default() }).into(), (1, lifted(80.0, 0)).into()]]);
    let stats = of(&[&later, &sunday, &monday], None);
    let written = serde_json::to_value(&stats.volume).expect("JSON");
    let expected = serde_json::json!([
        {
            "week": "2026-01-05", "sessions": 2, "sets": 4, "kg": 1_307.5, "load": null,
            "exercises": [
                { "exercise_id": exercise(1), "sets": 2, "kg": 807.5 },
                { "exercise_id": exercise(2), "sets": 2, "kg": 500.0 },
            ],
            "muscles": [{ "muscle": "back", "sets": 4, "kg": 1_307.5 }, { "muscle": "legs", "sets": 2, "kg": 807.5 }],
        },
        {
            "week": "2026-01-19", "sessions": 1, "sets": 1, "kg": 0.0, "load": null,
            "exercises": [{ "exercise_id": exercise(1), "sets": 1, "kg": 0.0 }],
            "muscles": [{ "muscle": "back", "sets": 1, "kg": 0.0 }, { "muscle": "legs", "sets": 1, "kg": 0.0 }],
        },
    ]);
    assert_eq!(written, expected);
    assert_eq!(stats.exercises.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Exercise 1", "Exercise 2"]);
}

#[test]
fn of_one_exercise_there_is_that_one_alone() {
    let both = session(0, &[&[effort((1, lifted(100.0, 5)), Some(8), 9), effort((2, lifted(50.0, 5)), Some(8), 9)]]);
    let other = session(7, &[&[(2, lifted(50.0, 10)).into()]]);
    let stats = of(&[&both, &other], Some(1));
    let ids = [
        stats.exercises.iter().map(|it| it.id).collect::<Vec<_>>(),
        stats.e1rm.iter().map(|it| it.exercise_id).collect(),
        stats.bests.iter().map(|it| it.exercise_id).collect(),
        stats.effort.iter().map(|it| it.exercise_id).collect(),
        stats.volume.iter().flat_map(|week| &week.exercises).map(|it| it.exercise_id).collect(),
    ];
    assert!(ids.iter().all(|ids| *ids == [exercise(1)]), "{ids:?}");
    assert_eq!((stats.volume[0].sessions, stats.volume[0].kg, stats.volume[0].load), (1, 500.0, None));
}

#[test]
fn the_load_of_a_session_is_the_mean_felt_effort_times_its_minutes() {
    let done = session(0, &[&[effort((1, lifted(50.0, 5)), None, 6)], &[effort((1, lifted(50.0, 5)), None, 9)]]);
    let said_nothing = session(1, &[&[(1, lifted(50.0, 5)).into()]]);
    let stats = of(&[&done, &said_nothing], None);
    assert_eq!(stats.volume[0].load, Some(7.5 * 20.0), "of two rounds of ten minutes");
    assert_eq!(of(&[&said_nothing], None).volume[0].load, None);
}

#[test]
fn planned_and_felt_effort_are_the_means_of_sets_that_have_both() {
    let items: [Item; 4] = [
        effort((1, lifted(50.0, 5)), Some(7), 8),
        effort((1, lifted(50.0, 5)), Some(8), 10),
        effort((1, lifted(50.0, 5)), None, 2),
        effort(warm_up(1, lifted(20.0, 5)), Some(2), 1),
    ];
    let points = of(&[&session(0, &[&items])], None).effort.remove(0).points;
    assert_eq!(points.iter().map(|point| (point.planned, point.felt)).collect::<Vec<_>>(), [(7.5, 9.0)]);
    assert_eq!(points[0].at, time(0, 0));
    assert_eq!(of(&[&session(0, &[&items[2..3]])], None).effort, [], "nothing was planned");
}

#[test]
fn pain_is_counted_by_region_and_week_also_of_a_warm_up() {
    let mut hurt =
        session(0, &[&[(1, lifted(50.0, 5)).into(), warm_up(1, lifted(20.0, 5)), (2, lifted(50.0, 5)).into()]]);
    let feedback = |pain_regions| Some(Feedback { effort: 5, pain: true, pain_regions, note: None });
    let items = &mut hurt.rounds[0].exercises;
    items[0].feedback = feedback(vec![Region::LeftKnee, Region::LowerBack]);
    items[1].feedback = feedback(vec![Region::LeftKnee]);
    let mut again = session(7, &[&[(1, lifted(50.0, 5)).into()]]);
    again.rounds[0].exercises[0].feedback = feedback(vec![Region::LeftKnee]);
    let written = serde_json::to_value(of(&[&again, &hurt], None).pain).expect("JSON");
    let expected = serde_json::json!([
        { "week": "2026-01-05", "region": "lower_back", "times": 1 },
        { "week": "2026-01-05", "region": "left_knee", "times": 2 },
        { "week": "2026-01-12", "region": "left_knee", "times": 1 },
    ]);
    assert_eq!(written, expected);
}

#[test]
fn a_session_without_a_completed_round_counts_for_nothing() {
    let waiting = session(0, &[]);
    assert_eq!(SessionFacts::of(&waiting), None);
    assert_eq!(of(&[&waiting], None), Stats::default());
}

#[test]
fn a_week_begins_on_monday_where_the_person_is() {
    for (at, zone, monday) in [
        ("2026-11-29T23:30:00Z", "UTC", "2026-11-23"),
        ("2026-11-29T23:30:00Z", "Europe/Berlin", "2026-11-30"),
        ("2026-11-30T02:00:00Z", "America/Sao_Paulo", "2026-11-23"),
        ("2026-01-01T12:00:00Z", "UTC", "2025-12-29"),
        // The clocks change that Sunday.
        ("2026-03-29T21:59:59Z", "Europe/Berlin", "2026-03-23"),
        ("2026-03-29T22:00:00Z", "Europe/Berlin", "2026-03-30"),
    ] {
        assert_eq!(week(at, zone), monday, "{at} in {zone}");
    }
}

proptest! {
    #[test]
    fn statistics_are_the_same_for_every_order_of_sessions(
        (days, shuffled) in prop::collection::vec((0..40_i64, -10.0..120.0_f64, 0..20_u32, 5..=10_u8), 1..12)
            .prop_flat_map(|days| (Just(days.clone()), Just(days).prop_shuffle())),
    ) {
        let build = |days: &[(i64, f64, u32, u8)]| -> Vec<Session> {
            let done = |(day, kg, reps, felt): &(i64, f64, u32, u8)| {
                let mut session = session(*day, &[&[effort((1, lifted(*kg, *reps)), Some(8), *felt)]]);
                session.id = training::SessionId(uuid::Uuid::from_u128(u128::from(kg.to_bits())));
                session
            };
            days.iter().map(done).collect()
        };
        let (ordered, shuffled) = (build(&days), build(&shuffled));
        let ordered = of(&ordered.iter().collect::<Vec<_>>(), None);
        prop_assert_eq!(of(&shuffled.iter().collect::<Vec<_>>(), None), ordered.clone());
        let by_exercise: f64 = ordered.volume.iter().flat_map(|week| &week.exercises).map(|it| it.kg).sum();
        let by_week: f64 = ordered.volume.iter().map(|week| week.kg).sum();
        prop_assert!((by_exercise - by_week).abs() < 1e-6);
        prop_assert_eq!(ordered.volume.iter().map(|week| week.sessions as usize).sum::<usize>(), days.len());
    }
}
