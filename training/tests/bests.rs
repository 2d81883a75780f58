//! Bests: the same for every order in which sessions arrive, and never more than what was done.

mod common;

use common::history::{Item, drop_set, effort, lifted, session, warm_up};
use common::{Studio, exercise, mira, person, reports};
use proptest::prelude::*;
use training::progress::{
    Bests, BestsByExercise, ExerciseBests, NewBest, SessionFacts, add_facts, new_bests, new_bests_of_session, stats,
};
use training::{BestKind, Command, Session, Values};

/// The bests of exercise 1 over these sessions, as they are sent.
fn bests(sessions: &[&Session]) -> Option<ExerciseBests> {
    let facts: Vec<SessionFacts> = sessions.iter().filter_map(|session| SessionFacts::of(session)).collect();
    let stats = stats(&facts, Some(exercise(1)), &[], &jiff::tz::TimeZone::UTC);
    stats.bests.into_iter().next()
}

/// What the last round of a session beat, with these sessions before it: for each exercise of the round, kinds and values.
fn beaten(earlier: &[&Session], session: &Session) -> Vec<Vec<(BestKind, f64, f64)>> {
    let mut before = BestsByExercise::new();
    for facts in earlier.iter().filter_map(|session| SessionFacts::of(session)) {
        add_facts(&mut before, &facts);
    }
    let found = new_bests_of_session(&before, session);
    let last = session.rounds.last().expect("a round");
    let kinds = |best: &NewBest| (best.kind, best.value, best.before);
    found[&last.id].iter().map(|of_item| of_item.iter().map(kinds).collect()).collect()
}

fn seconds(time_s: u32) -> Values {
    Values { time_s: Some(time_s), ..Values::default() }
}

fn metres(distance_m: f64) -> Values {
    Values { distance_m: Some(distance_m), ..Values::default() }
}

fn reps(reps: u32) -> Values {
    Values { reps: Some(reps), ..Values::default() }
}

#[test]
fn bests_are_the_heaviest_most_repetitions_estimate_volume_longest_and_farthest() {
    let first = session(1, &[&[(1, lifted(100.0, 5)).into(), (1, lifted(80.0, 10)).into()]]);
    let second = session(2, &[&[(1, lifted(110.0, 1)).into(), (1, lifted(80.0, 9)).into()]]);
    let bests = bests(&[&first, &second]).expect("it was done");
    let heaviest = bests.heaviest.expect("there is one");
    assert_eq!((heaviest.actual, heaviest.session_id), (lifted(110.0, 1), second.id));
    let front: Vec<Values> = bests.reps.iter().map(|set| set.actual).collect();
    assert_eq!(front, [lifted(110.0, 1), lifted(100.0, 5), lifted(80.0, 10)]);
    let e1rm = bests.e1rm.expect("there is one");
    assert_eq!((e1rm.weight_kg, e1rm.reps, e1rm.e1rm_kg), (100.0, 5, 112.5), "of 80 × 10: 106.7");
    let volume = bests.volume.expect("there is one");
    assert_eq!((volume.kg, volume.session_id), (1_300.0, first.id));
    assert_eq!((bests.longest, bests.farthest), (None, None));
}

#[test]
fn what_is_measured_in_time_or_distance_has_no_estimate_and_its_own_bests() {
    let done = session(1, &[&[(1, seconds(60)).into(), (1, seconds(90)).into(), (1, metres(400.5)).into()]]);
    let bests = bests(&[&done]).expect("it was done");
    assert_eq!(bests.longest.map(|set| set.actual), Some(seconds(90)));
    assert_eq!(bests.farthest.map(|set| set.actual), Some(metres(400.5)));
    assert_eq!((bests.heaviest, bests.e1rm, bests.volume), (None, None, None));
    assert_eq!(bests.reps, []);
}

#[test]
fn repetitions_with_the_body_s_own_weight_are_compared_with_a_weight_of_zero_and_with_help() {
    let done = session(
        1,
        &[&[
            (1, lifted(-20.0, 12)).into(),
            (1, reps(8)).into(),
            (1, lifted(0.0, 8)).into(),
            (1, lifted(-10.0, 8)).into(),
            (1, lifted(5.0, 3)).into(),
        ]],
    );
    let bests = bests(&[&done]).expect("it was done");
    let front: Vec<Values> = bests.reps.iter().map(|set| set.actual).collect();
    assert_eq!(
        front,
        [lifted(5.0, 3), reps(8), lifted(-20.0, 12)],
        "no weight and 0 are the same, the earlier one keeps it"
    );
    assert_eq!(bests.volume.map(|volume| volume.kg), Some(15.0), "neither the body nor help is any");
}

#[test]
fn the_heaviest_is_the_least_help_and_is_nothing_without_any_weight() {
    let heaviest = |sessions: &[&Session]| bests(sessions).and_then(|bests| bests.heaviest).map(|set| set.actual);
    let helped = session(1, &[&[(1, lifted(-30.0, 5)).into(), (1, lifted(-20.0, 3)).into()]]);
    assert_eq!(heaviest(&[&helped]), Some(lifted(-20.0, 3)));
    let alone = session(2, &[&[(1, reps(4)).into()]]);
    assert_eq!(heaviest(&[&helped, &alone]), None, "repetitions tell");
    let loaded = session(3, &[&[(1, lifted(2.5, 1)).into()]]);
    assert_eq!(heaviest(&[&helped, &alone, &loaded]), Some(lifted(2.5, 1)));
}

#[test]
fn a_public_tracker_s_720_kg_for_36_repetitions_with_20_kg_are_no_estimate() {
    for (count, wrong) in [(36, 720.0), (40, -240.0)] {
        let done = session(1, &[&[(1, lifted(20.0, count)).into()]]);
        let bests = bests(&[&done]).expect("it was done");
        assert_eq!(bests.e1rm, None, "not {wrong}");
        assert_eq!(bests.reps[0].actual, lifted(20.0, count), "but repetitions they are");
    }
}

#[test]
fn a_single_is_what_was_lifted_and_not_103_percent_of_it() {
    let done = session(1, &[&[(1, lifted(100.0, 1)).into()]]);
    assert_eq!(bests(&[&done]).and_then(|bests| bests.e1rm).map(|best| best.e1rm_kg), Some(100.0));
}

#[test]
fn pounds_are_compared_with_kilograms_by_what_they_weigh() {
    // 225 lb is 102.058 kg: as a bare number it would be more than 105 kg.
    let kilograms = session(1, &[&[(1, lifted(105.0, 5)).into()]]);
    let pounds = session(2, &[&[(1, lifted(102.058, 5)).into()]]);
    let bests = bests(&[&kilograms, &pounds]).expect("it was done");
    assert_eq!(bests.heaviest.map(|set| set.session_id), Some(kilograms.id));
    assert_eq!(beaten(&[&kilograms], &pounds), [[]]);
    let back = session(3, &[&[(1, lifted(102.058, 6)).into()]]);
    let facts = SessionFacts::of(&back).expect("it has some");
    assert_eq!(facts.exercises[0].notable[0].actual(), lifted(102.058, 6), "it reads back as it was written");
}

#[test]
fn b62_warm_ups_drop_sets_and_failed_tries_are_no_bests() {
    let done = session(
        1,
        &[&[
            warm_up(1, lifted(200.0, 5)),
            drop_set(1, lifted(150.0, 20)),
            (1, lifted(180.0, 0)).into(),
            (1, lifted(100.0, 5)).into(),
        ]],
    );
    let found = bests(&[&done]).expect("it was done");
    assert_eq!(found.heaviest.map(|set| set.actual), Some(lifted(100.0, 5)));
    assert_eq!((found.reps.len(), found.volume.map(|volume| volume.kg)), (1, Some(500.0)));
    let earlier = session(0, &[&[(1, lifted(90.0, 5)).into()]]);
    let only = session(2, &[&[warm_up(1, lifted(200.0, 5)), drop_set(1, lifted(150.0, 9))]]);
    assert_eq!(beaten(&[&earlier], &only), [vec![], vec![]]);
    assert_eq!(bests(&[&only]), None);
}

#[test]
fn b69_the_first_ever_is_no_best_and_what_is_as_great_is_none() {
    let first = session(1, &[&[(1, lifted(100.0, 5)).into()]]);
    assert_eq!(beaten(&[], &first), [[]]);
    let again = session(2, &[&[(1, lifted(100.0, 5)).into()]]);
    assert_eq!(beaten(&[&first], &again), [[]]);
    assert_eq!(bests(&[&again, &first]).and_then(|bests| bests.heaviest).map(|set| set.session_id), Some(first.id));
}

#[test]
fn a_best_says_whether_it_beat_a_session_before_in_whatever_order_they_arrived() {
    let first = session(1, &[&[(1, lifted(100.0, 5)).into()], &[(1, lifted(105.0, 4)).into()]]);
    let lighter = session(2, &[&[(1, lifted(90.0, 8)).into()]]);
    let better = session(3, &[&[(1, lifted(110.0, 6)).into()]]);
    let beat = |sessions: &[&Session]| {
        let found = bests(sessions).expect("it was done");
        let reps: Vec<bool> = found.reps.iter().map(|set| set.beat).collect();
        (found.heaviest.is_some_and(|set| set.beat), reps, found.e1rm_beat)
    };
    assert_eq!(beat(&[&first]), (false, vec![false, false], false), "the first ever, in whichever round");
    assert_eq!(beat(&[&lighter, &first]), (false, vec![false, false, true], false), "90 kg × 8 after 100 kg × 5");
    let all = (true, vec![false, true], true);
    assert_eq!(beat(&[&first, &lighter, &better]), all, "what 90 kg × 8 beat holds nothing any more");
    assert_eq!(beat(&[&better, &lighter, &first]), all);
    let long = [session(1, &[&[(1, seconds(60)).into()]]), session(2, &[&[(1, seconds(61)).into()]])];
    assert_eq!(bests(&[&long[1], &long[0]]).and_then(|found| found.longest).map(|set| set.beat), Some(true));
    let far = [session(1, &[&[(1, metres(400.0)).into()]]), session(2, &[&[(1, metres(400.0)).into()]])];
    assert_eq!(bests(&[&far[0], &far[1]]).and_then(|found| found.farthest).map(|set| set.beat), Some(false));
}

#[test]
fn a_best_of_a_server_that_does_not_say_so_beat_nothing() {
    let first = session(1, &[&[(1, lifted(100.0, 5)).into()]]);
    let better = session(2, &[&[(1, lifted(110.0, 5)).into()]]);
    let mut older = serde_json::to_value(bests(&[&first, &better]).expect("it was done")).expect("JSON");
    older.as_object_mut().expect("an object").remove("e1rm_beat");
    older["heaviest"].as_object_mut().expect("a set").remove("beat");
    let read: ExerciseBests = serde_json::from_value(older).expect("it is read");
    assert_eq!((read.heaviest.map(|set| set.beat), read.e1rm_beat), (Some(false), false));
}

#[test]
fn b69_a_round_says_what_it_beat_and_how_much_that_was() {
    let first = session(1, &[&[(1, lifted(100.0, 5)).into()]]);
    let better = session(2, &[&[(1, lifted(102.5, 6)).into(), (2, reps(30)).into()]]);
    let [of_one, of_two] = &beaten(&[&first], &better)[..] else { panic!("two exercises") };
    assert_eq!(
        of_one[..],
        [(BestKind::Heaviest, 102.5, 100.0), (BestKind::E1rm, 119.032, 112.5), (BestKind::Volume, 615.0, 500.0),],
        "never done with so much, so there is no best of repetitions with it"
    );
    assert_eq!(of_two[..], [], "the first ever");
    let more = session(3, &[&[(1, lifted(60.0, 8)).into()]]);
    assert_eq!(beaten(&[&first, &better], &more), [[(BestKind::Reps, 8.0, 6.0)]], "with 60 kg or more");
    let plank = session(1, &[&[(1, seconds(60)).into(), (2, metres(400.0)).into()]]);
    let longer = session(2, &[&[(1, seconds(61)).into(), (2, metres(400.1)).into()]]);
    let expected = [[(BestKind::Longest, 61.0, 60.0)], [(BestKind::Farthest, 400.1, 400.0)]];
    assert_eq!(beaten(&[&plank], &longer), expected);
}

#[test]
fn b69_of_several_in_a_round_only_the_one_that_holds_says_so() {
    let first = session(1, &[&[(1, lifted(100.0, 5)).into()]]);
    let rising = session(2, &[&[(1, lifted(105.0, 1)).into(), (1, lifted(110.0, 1)).into()]]);
    assert_eq!(beaten(&[&first], &rising), [vec![], vec![(BestKind::Heaviest, 110.0, 100.0)]]);
}

#[test]
fn b69_a_volume_is_celebrated_once_in_a_session() {
    let first = session(1, &[&[(1, lifted(50.0, 10)).into()]]);
    let set: &[Item] = &[(1, lifted(40.0, 8)).into()];
    let volumes = |rounds: usize| {
        let found = beaten(&[&first], &session(2, &vec![set; rounds]));
        found[0].iter().filter(|(kind, ..)| *kind == BestKind::Volume).count()
    };
    assert_eq!([volumes(1), volumes(2), volumes(3)], [0, 1, 0], "320, 640 and 960 against 500 kg");
}

#[test]
fn b69_what_was_entered_or_imported_afterwards_celebrates_nothing() {
    let first = session(1, &[&[(1, lifted(100.0, 5)).into()]]);
    let better = session(2, &[&[(1, lifted(120.0, 5)).into()]]);
    assert_eq!(beaten(&[&first], &Session { recorded: true, ..better.clone() }), [[]]);
    assert_eq!(beaten(&[&first], &Session { imported: true, ..better }), [[]]);
}

#[test]
fn b69_whoever_decides_without_knowing_everything_claims_no_best() {
    let best = NewBest { kind: BestKind::Heaviest, value: 100.0, before: 90.0 };
    let mut done = session(1, &[&[(1, lifted(100.0, 5)).into(), (2, lifted(100.0, 5)).into()]]);
    for exercise in &mut done.rounds[0].exercises {
        exercise.bests = vec![best];
    }
    let (round, item) = (done.rounds[0].clone(), done.rounds[0].exercises[0].id);
    let actual = lifted(95.0, 5);
    let correct = Command::CorrectExercise { round: round.id, item, version: round.version, actual, reason: None };
    let events = Studio::default().decide(&done, &mira(), correct).expect("it is noted");
    let corrected = events[0].change.round().expect("a round");
    assert_eq!(corrected.exercises[0].bests, [], "what it is compared with is not known here");
    assert_eq!(corrected.exercises[1].bests, [best], "another exercise");

    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1]);
    let complete = Command::CompleteRound { round: round.id, reports: reports(&round), late: false };
    studio.act(&mut session, &mira(), complete).expect("it is out");
    assert_eq!(session.rounds[0].exercises[0].bests, []);
    let written = serde_json::to_value(&session.rounds[0].exercises[0]).expect("JSON");
    assert_eq!(written.get("bests"), None, "none is absent, as from a server before bests");
}

#[test]
fn an_effort_that_was_felt_makes_the_estimate_of_a_best() {
    let easy = session(1, &[&[effort((1, lifted(100.0, 5)), None, 8)]]);
    let hard = session(2, &[&[effort((1, lifted(100.0, 6)), None, 10)]]);
    let best = bests(&[&easy, &hard]).and_then(|bests| bests.e1rm).expect("there is one");
    assert_eq!((best.reps, best.effort, best.e1rm_kg), (5, Some(8), 120.0), "as seven repetitions");
    assert_eq!(
        beaten(&[&easy], &hard)[0].iter().map(|best| best.0).collect::<Vec<_>>(),
        [BestKind::Reps, BestKind::Volume]
    );
}

fn values() -> impl Strategy<Value = Values> {
    let weight = prop_oneof![1 => Just(None), 4 => (-3..8_i32).prop_map(|steps| Some(f64::from(steps) * 2.5))];
    let count = prop::option::weighted(0.8, 0..8_u32);
    let (metres, seconds) = (prop::option::weighted(0.1, 0..3_u32), prop::option::weighted(0.1, 1..4_u32));
    (weight, count, metres, seconds).prop_map(|(weight_kg, reps, metres, time_s)| Values {
        weight_kg,
        reps,
        distance_m: metres.map(f64::from),
        time_s,
        effort: None,
    })
}

fn item() -> impl Strategy<Value = Item> {
    let kind = prop_oneof![
        6 => Just(training::ExerciseKind::Working),
        1 => Just(training::ExerciseKind::WarmUp),
        1 => Just(training::ExerciseKind::Drop),
    ];
    (1..=2_u128, values(), kind, prop::option::weighted(0.5, 5..=10_u8))
        .prop_map(|(exercise, actual, kind, felt)| Item { exercise, actual, kind, planned: None, felt })
}

/// Sessions on days, which may be the same.
fn sessions() -> impl Strategy<Value = Vec<Session>> {
    let rounds = prop::collection::vec(prop::collection::vec(item(), 1..4), 1..4);
    prop::collection::vec((0..4_i64, rounds), 1..8).prop_map(|days| {
        let build = |(place, (day, rounds)): (usize, (i64, Vec<Vec<Item>>))| {
            let rounds: Vec<&[Item]> = rounds.iter().map(Vec::as_slice).collect();
            let mut session = session(day, &rounds);
            session.id = training::SessionId(uuid::Uuid::from_u128(9_000 + place as u128));
            session.athlete = person(1, "Mira");
            session
        };
        days.into_iter().enumerate().map(build).collect()
    })
}

proptest! {
    #[test]
    fn bests_are_the_same_for_every_order_and_repetition(
        (ordered, shuffled) in sessions().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        split in any::<prop::sample::Index>(),
    ) {
        let facts = |all: &[Session]| -> Vec<SessionFacts> { all.iter().filter_map(SessionFacts::of).collect() };
        let (ordered, mut shuffled) = (facts(&ordered), facts(&shuffled));
        let repeated: Vec<SessionFacts> = again.iter().filter_map(|i| shuffled.get(i.index(shuffled.len().max(1))).cloned()).collect();
        shuffled.extend(repeated);
        for id in [exercise(1), exercise(2)] {
            let expected = Bests::of(&ordered, id);
            prop_assert_eq!(&Bests::of(&shuffled, id), &expected, "commutative and idempotent");
            let (some, others) = shuffled.split_at(split.index(shuffled.len() + 1));
            let mut merged = Bests::of(some, id);
            merged.merge(&Bests::of(others, id));
            prop_assert_eq!(&merged, &expected, "associative");
            merged.merge(&expected);
            prop_assert_eq!(&merged, &expected);
            let stored = serde_json::to_string(&expected).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Bests>(&stored).expect("bests"), expected, "as it was stored");
        }
        for facts in ordered {
            let stored = serde_json::to_string(&facts).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<SessionFacts>(&stored).expect("facts"), facts);
        }
    }

    #[test]
    fn the_sets_that_facts_keep_hold_what_all_sets_hold(all in sessions()) {
        let counts = |item: &&training::RoundExercise| {
            item.exercise_id == exercise(1)
                && item.kind == training::ExerciseKind::Working
                && item.actual.is_some_and(|actual| actual.reps != Some(0))
        };
        let items = || all.iter().flat_map(|session| &session.rounds).flat_map(|round| &round.exercises).filter(counts);
        let done = || items().filter_map(|item| item.actual);
        let load = |actual: Values| actual.weight_kg.unwrap_or(0.0);
        let found = bests(&all.iter().collect::<Vec<_>>());
        prop_assert_eq!(found.is_some(), items().count() > 0);
        let Some(found) = found else { return Ok(()) };
        let heaviest = done().map(load).fold(f64::MIN, f64::max);
        prop_assert_eq!(found.heaviest.map(|set| load(set.actual)), Some(heaviest).filter(|kg| *kg != 0.0));
        prop_assert_eq!(found.longest.and_then(|set| set.actual.time_s), done().filter_map(|actual| actual.time_s).max());
        let estimates = items().filter_map(|item| {
            training::e1rm_kg(&item.actual?, item.feedback.as_ref().map(|feedback| feedback.effort))
        });
        let greatest = estimates.fold(0.0, f64::max);
        prop_assert_eq!(found.e1rm.map(|best| best.e1rm_kg), Some(greatest).filter(|kg| *kg > 0.0));
        let front: Vec<(f64, u32)> = found.reps.iter().map(|set| (load(set.actual), set.actual.reps.unwrap_or(0))).collect();
        prop_assert!(front.windows(2).all(|pair| pair[0].0 > pair[1].0 && pair[0].1 < pair[1].1), "{front:?}");
        for actual in done() {
            if let Some(reps) = actual.reps {
                prop_assert!(front.iter().any(|(kg, most)| *kg >= load(actual) && *most >= reps), "{actual:?} in {front:?}");
            }
        }
    }

    #[test]
    fn b69_round_by_round_is_what_the_whole_session_says(mut all in sessions()) {
        // As a server does it: one fold that grows with every round.
        all.sort_by_key(|session| (session.started_at, session.id));
        let mut known = BestsByExercise::new();
        for session in &all {
            let before = known.clone();
            let whole = new_bests_of_session(&before, session);
            let mut growing = Session { rounds: Vec::new(), ..session.clone() };
            for round in &session.rounds {
                growing.rounds.push(round.clone());
                let found = new_bests(&known, &growing, round);
                prop_assert_eq!(&found, &whole[&round.id]);
                for (best, item) in found.iter().zip(&round.exercises).flat_map(|(bests, item)| bests.iter().map(move |best| (best, item))) {
                    prop_assert!(best.value > best.before, "strictly greater");
                    prop_assert!(item.kind == training::ExerciseKind::Working);
                }
                let facts = SessionFacts::of(&growing).expect("a completed round");
                add_facts(&mut known, &facts);
            }
        }
    }
}
