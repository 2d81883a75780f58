//! The rules of planning rounds, one by one; numbers are those of the product's list of behaviours.

mod common;

use common::{Studio, exercise, findings, jonas, mira, plan, plan_of, planned};
use training::{
    Command, ExerciseKind, FieldCode, Load, PlannedExercise, PlannedValues, Refusal, RoundId, RoundStatus, Session,
    SessionChange, Values,
};
use uuid::Uuid;

#[test]
fn b23_a_round_is_planned_with_at_least_one_exercise_of_the_library() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let mut add = |plan| studio.act(&mut session, &jonas(), Command::AddRound { plan, release: false });
    assert_eq!(findings(add(plan(&[])).unwrap_err()), [("/exercises".to_owned(), FieldCode::Required)]);
    let unknown = ("/exercises/1/exercise_id".to_owned(), FieldCode::UnknownReference);
    assert_eq!(findings(add(plan(&[1, 9])).unwrap_err()), std::slice::from_ref(&unknown));
    assert_eq!(findings(add(plan(&[1, 3])).unwrap_err()), [unknown], "archived");
}

#[test]
fn b64_help_taken_off_is_a_weight_and_a_failed_try_an_answer() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let mut assisted = plan(&[1]);
    assisted.exercises[0].planned = Values { weight_kg: Some(-20.0), reps: Some(8), ..Values::default() }.into();
    studio.act(&mut session, &jonas(), Command::AddRound { plan: assisted, release: true }).expect("help is a weight");
    let round = session.rounds[0].clone();
    let mut log = |actual| {
        let log = Command::LogExercise { round: round.id, item: round.exercises[0].id, actual: Some(actual) };
        studio.act(&mut session, &mira(), log)
    };
    log(Values { weight_kg: Some(-200.0), reps: Some(0), ..Values::default() }).expect("a failed try is an answer");
    log(Values { reps: Some(10_000), ..Values::default() }).expect("the most");
    for (value, pointer) in [
        (Values { weight_kg: Some(-200.5), ..Values::default() }, "/actual/weight_kg"),
        (Values { weight_kg: Some(2_000.5), ..Values::default() }, "/actual/weight_kg"),
        (Values { reps: Some(10_001), ..Values::default() }, "/actual/reps"),
    ] {
        assert_eq!(findings(log(value).unwrap_err()), [(pointer.to_owned(), FieldCode::OutOfRange)]);
    }
}

#[test]
fn b62_a_range_ends_no_lower_than_it_begins() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let mut add = |reps, reps_to| {
        let mut plan = plan(&[1]);
        plan.exercises[0].planned = PlannedValues { reps, reps_to, ..PlannedValues::default() };
        studio.act(&mut session, &jonas(), Command::AddRound { plan, release: false })
    };
    for (reps, reps_to) in [(Some(8), 12), (Some(8), 8), (None, 12)] {
        add(reps, Some(reps_to)).expect("a range");
    }
    let refused = findings(add(Some(12), Some(8)).unwrap_err());
    assert_eq!(refused, [("/exercises/0/planned/reps_to".to_owned(), FieldCode::OutOfOrder)]);
}

#[test]
fn an_edit_that_does_not_know_of_kinds_keeps_kind_range_and_load() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let mut ranged = plan(&[1]);
    ranged.exercises[0].kind = Some(ExerciseKind::WarmUp);
    ranged.exercises[0].planned.reps_to = Some(12);
    ranged.exercises[0].planned.load = Some(Load::LastPlusKg(2.5));
    studio.act(&mut session, &jonas(), Command::AddRound { plan: ranged, release: false }).expect("it is planned");
    let before = session.rounds[0].exercises[0].clone();
    let mut edit = |change: &dyn Fn(&mut PlannedExercise)| {
        let mut plan = plan_of(&session.rounds[0]);
        change(&mut plan.exercises[0]);
        let command = Command::EditRound {
            round: session.rounds[0].id,
            version: session.rounds[0].version,
            plan,
            release: false,
        };
        studio.act(&mut session, &jonas(), command).expect("it is edited");
        session.rounds[0].exercises[0].clone()
    };
    let hinted = edit(&|item| {
        (item.kind, item.planned) = (None, item.planned.done_as_planned().into());
        item.trainer_notes = Some("slow".to_owned());
    });
    assert_eq!((hinted.kind, hinted.planned), (before.kind, before.planned));
    let heavier = edit(&|item| {
        item.kind = None;
        item.planned = Values { weight_kg: Some(85.0), reps: Some(8), ..Values::default() }.into();
    });
    assert_eq!((heavier.kind, heavier.planned.reps_to, heavier.planned.load), (before.kind, None, None));
    let working = edit(&|item| item.kind = Some(ExerciseKind::Working));
    assert_eq!(working.kind, ExerciseKind::Working);
}

#[test]
fn b23_planned_values_stay_in_their_ranges_and_every_finding_is_told() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let mut plan = plan(&[1]);
    plan.exercises[0].planned = PlannedValues {
        weight_kg: Some(-200.5),
        reps: Some(0),
        reps_to: Some(10_001),
        to_failure: true,
        distance_m: Some(f64::NAN),
        time_s: Some(0),
        effort: Some(11),
        load: Some(Load::PercentOfE1rm(200.5)),
    };
    plan.exercises[0].trainer_notes = Some("x".repeat(501));
    plan.rest_after_s = Some(0);
    let refusal = studio.act(&mut session, &jonas(), Command::AddRound { plan, release: false }).unwrap_err();
    let pointers: Vec<_> = findings(refusal).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(
        pointers,
        [
            "/rest_after_s",
            "/exercises/0/planned/weight_kg",
            "/exercises/0/planned/reps",
            "/exercises/0/planned/distance_m",
            "/exercises/0/planned/time_s",
            "/exercises/0/planned/effort",
            "/exercises/0/planned/reps_to",
            "/exercises/0/planned/load/percent_of_e1rm",
            "/exercises/0/trainer_notes",
        ]
    );
}

#[test]
fn b25_one_round_is_out_at_a_time() {
    let mut studio = Studio::default();
    let (mut session, _) = studio.with_round_out(&[1]);
    studio.act(&mut session, &jonas(), Command::AddRound { plan: plan(&[2]), release: false }).expect("a draft");
    let draft = session.rounds[1].id;
    assert_eq!(studio.act(&mut session, &jonas(), Command::ReleaseRound(draft)), Err(Refusal::AnotherRoundOut));
}

#[test]
fn b25_saving_and_releasing_is_one_act_that_happens_whole_or_not_at_all() {
    let mut studio = Studio::default();
    let (mut session, _) = studio.with_round_out(&[1]);
    let before = session.clone();
    let add = Command::AddRound { plan: plan(&[2]), release: true };
    assert_eq!(studio.act(&mut session, &jonas(), add), Err(Refusal::AnotherRoundOut));
    assert_eq!(session, before);
}

#[test]
fn b26_an_edit_keeps_what_the_athlete_entered() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1, 2]);
    let done = Values { reps: Some(6), ..Values::default() };
    let log = Command::LogExercise { round: round.id, item: round.exercises[1].id, actual: Some(done) };
    studio.act(&mut session, &mira(), log).expect("it is out");
    let now = session.round(round.id).expect("still there").clone();
    let mut edited = plan_of(&now);
    edited.exercises.reverse();
    edited.exercises[0].planned.reps = Some(5);
    let edit = |plan, version| Command::EditRound { round: round.id, version, plan, release: false };
    let events = studio.act(&mut session, &jonas(), edit(edited, now.version)).expect("it can be edited");
    assert!(matches!(events[0].change, SessionChange::RoundUpdated { .. }));
    let after = session.round(round.id).expect("still there").clone();
    assert_eq!(after.exercises[0].id, round.exercises[1].id);
    assert_eq!(after.exercises[0].actual, Some(done));
    assert_eq!(after.exercises[0].planned.reps, Some(5));

    let dropping = edit(plan(&[1]), after.version);
    assert_eq!(studio.act(&mut session, &jonas(), dropping), Err(Refusal::EntriesWouldBeLost));
}

#[test]
fn b39_an_edit_sent_without_ids_keeps_entries_too() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1, 1]);
    let log = Command::LogExercise { round: round.id, item: round.exercises[1].id, actual: Some(Values::default()) };
    studio.act(&mut session, &mira(), log).expect("it is out");
    let version = session.round(round.id).expect("there").version;
    let edit = Command::EditRound { round: round.id, version, plan: plan(&[1, 1, 2]), release: false };
    studio.act(&mut session, &jonas(), edit).expect("nothing is dropped");
    let after = session.round(round.id).expect("there");
    let ids: Vec<_> = after.exercises.iter().map(|exercise| exercise.id).collect();
    assert_eq!(ids[..2], [round.exercises[0].id, round.exercises[1].id]);
    assert!(after.exercises[1].actual.is_some());
}

#[test]
fn an_exercise_with_entries_can_t_be_turned_into_another() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1]);
    let log = Command::LogExercise { round: round.id, item: round.exercises[0].id, actual: Some(Values::default()) };
    studio.act(&mut session, &mira(), log).expect("it is out");
    let now = session.round(round.id).expect("there").clone();
    let mut edited = plan_of(&now);
    edited.exercises[0].exercise_id = exercise(2);
    let edit = Command::EditRound { round: round.id, version: now.version, plan: edited, release: false };
    assert_eq!(studio.act(&mut session, &jonas(), edit), Err(Refusal::EntriesWouldBeLost));
}

#[test]
fn an_edit_based_on_an_older_version_is_refused() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1]);
    studio.act(&mut session, &mira(), Command::StartRound(round.id)).expect("it is out");
    let edit = Command::EditRound { round: round.id, version: round.version, plan: plan_of(&round), release: false };
    assert_eq!(studio.act(&mut session, &jonas(), edit), Err(Refusal::VersionMismatch));
}

#[test]
fn b26_a_round_is_recalled_only_until_somebody_has_begun() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1]);
    studio.act(&mut session, &jonas(), Command::RecallRound(round.id)).expect("nobody has begun");
    assert_eq!(session.rounds[0].status, RoundStatus::Draft);
    studio.act(&mut session, &jonas(), Command::ReleaseRound(round.id)).expect("it is a draft again");
    studio.act(&mut session, &mira(), Command::StartRound(round.id)).expect("it is out");
    assert_eq!(studio.act(&mut session, &jonas(), Command::RecallRound(round.id)), Err(Refusal::RoundBegun));
}

#[test]
fn b26_only_a_draft_is_deleted_and_its_number_is_not_given_to_an_earlier_round() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1]);
    let delete = |round, version| Command::DeleteRound { round, version };
    assert_eq!(studio.act(&mut session, &jonas(), delete(round.id, round.version)), Err(Refusal::RoundNotDraft));
    for _ in 0..2 {
        studio.act(&mut session, &jonas(), Command::AddRound { plan: plan(&[2]), release: false }).expect("a draft");
    }
    let second = session.rounds[1].clone();
    studio.act(&mut session, &jonas(), delete(second.id, second.version)).expect("a draft");
    studio.act(&mut session, &jonas(), Command::AddRound { plan: plan(&[2]), release: false }).expect("a draft");
    let numbers: Vec<_> = session.rounds.iter().map(|round| round.number).collect();
    assert_eq!(numbers, [1, 3, 4]);
}

#[test]
fn b27_at_most_one_round_is_the_final_one() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let mut last = plan(&[1]);
    last.is_final = true;
    studio.act(&mut session, &jonas(), Command::AddRound { plan: last.clone(), release: false }).expect("the first");
    let again = Command::AddRound { plan: last.clone(), release: false };
    assert_eq!(studio.act(&mut session, &jonas(), again), Err(Refusal::FinalRoundExists));
    let round = session.rounds[0].clone();
    let same = Command::EditRound { round: round.id, version: round.version, plan: last, release: false };
    studio.act(&mut session, &jonas(), same).expect("it may stay the final one");
}

#[test]
fn a_session_that_is_full_takes_no_round_until_one_is_deleted() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let add = || Command::AddRound { plan: plan(&[1]), release: false };
    for _ in 0..Session::MAX_ROUNDS {
        studio.act(&mut session, &jonas(), add()).expect("there is room");
    }
    assert_eq!(studio.act(&mut session, &jonas(), add()), Err(Refusal::SessionFull));
    let (round, version) = (session.rounds[3].id, session.rounds[3].version);
    studio.act(&mut session, &jonas(), Command::DeleteRound { round, version }).expect("it is a draft");
    studio.act(&mut session, &jonas(), add()).expect("there is room again");
}

#[test]
fn a_session_that_is_too_large_can_be_made_smaller_and_not_larger() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let mut large = plan(&[1; 50]);
    for exercise in &mut large.exercises {
        exercise.trainer_notes = Some("🏋".repeat(500));
    }
    let add = || Command::AddRound { plan: large.clone(), release: false };
    while studio.act(&mut session, &jonas(), add()).is_ok() {}
    assert_eq!(studio.act(&mut session, &jonas(), add()), Err(Refusal::SessionFull));
    // As one may be stored from before there was this limit.
    let mut more = session.rounds.clone();
    for round in &mut more {
        round.id = RoundId(Uuid::from_u128(round.id.0.as_u128() + (1 << 100)));
    }
    session.rounds.extend(more);
    let edit = |session: &Session, plan| {
        let round = &session.rounds[0];
        Command::EditRound { round: round.id, version: round.version, plan, release: false }
    };
    let mut smaller = large.clone();
    smaller.exercises.truncate(10);
    let command = edit(&session, smaller.clone());
    studio.act(&mut session, &jonas(), command).expect("it is smaller than before");
    smaller.exercises.push(planned(1));
    let command = edit(&session, smaller);
    assert_eq!(studio.act(&mut session, &jonas(), command).err(), Some(Refusal::SessionFull));
}
