//! The rules of a session, one by one; numbers are those of the product's list of behaviours.

mod common;

use common::{Studio, exercise, jonas, mira, person, plan, plan_of, planned, reports};
use training::{
    Command, ExerciseKind, FieldCode, ItemId, Load, Part, PlannedExercise, PlannedValues, Refusal, Region, Round,
    RoundId, RoundStatus, Session, SessionChange, SessionEvent, SessionId, SessionStatus, Values, apply, start,
};
use uuid::Uuid;

/// The findings of a refusal, as pointer and code.
fn findings(refusal: Refusal) -> Vec<(String, FieldCode)> {
    match refusal {
        Refusal::Invalid(fields) | Refusal::DoesNotFit(fields) => {
            fields.into_iter().map(|field| (field.pointer, field.code)).collect()
        }
        other => panic!("not a matter of fields: {other:?}"),
    }
}

#[test]
fn b8_a_session_needs_a_trainer_and_no_other_open_session() {
    let mut studio = Studio::default();
    let id = SessionId(Uuid::from_u128(9));
    let now = studio.now();
    assert_eq!(start(id, person(1, "Mira"), false, false, now), Err(Refusal::NoTrainer));
    assert_eq!(start(id, person(1, "Mira"), true, true, now), Err(Refusal::SessionOpen));
}

#[test]
fn b22_a_session_is_joined_once_and_only_while_it_waits() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    assert_eq!(studio.act(&mut session, &jonas(), Command::Join), Err(Refusal::SessionNotWaiting));
    assert_eq!(session.trainer, Some(jonas().person));
}

#[test]
fn b29_a_session_that_ended_can_t_be_cancelled_joined_or_planned() {
    let mut studio = Studio::default();
    let mut session = studio.start(&mira());
    studio.act(&mut session, &mira(), Command::Cancel { reason: Some("  tired  ".to_owned()) }).expect("it is open");
    assert_eq!(session.status, SessionStatus::Cancelled);
    assert_eq!(session.cancel_reason.as_deref(), Some("tired"));
    for command in
        [Command::Cancel { reason: None }, Command::Join, Command::AddRound { plan: plan(&[1]), release: false }]
    {
        assert_eq!(studio.act(&mut session, &jonas(), command), Err(Refusal::SessionEnded));
    }
}

#[test]
fn a_reason_of_more_than_500_characters_is_refused() {
    let mut studio = Studio::default();
    let session = studio.start(&mira());
    let refusal = studio.decide(&session, &mira(), Command::Cancel { reason: Some("x".repeat(501)) }).unwrap_err();
    assert_eq!(findings(refusal), [("/reason".to_owned(), FieldCode::TooLong)]);
    let longest = Command::Cancel { reason: Some("ß".repeat(500)) };
    assert!(studio.decide(&session, &mira(), longest).is_ok(), "characters are counted, not bytes");
}

#[test]
fn each_part_has_its_own_acts() {
    let mut studio = Studio::default();
    let (session, round) = studio.with_round_out(&[1]);
    for command in [Command::Join, Command::ReleaseRound(round.id), Command::RecallRound(round.id)] {
        assert_eq!(studio.decide(&session, &mira(), command), Err(Refusal::NotYourPart));
    }
    let complete = Command::CompleteRound { round: round.id, reports: reports(&round), late: false };
    for command in [Command::StartRound(round.id), complete] {
        assert_eq!(studio.decide(&session, &jonas(), command), Err(Refusal::NotYourPart));
    }
}

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
fn b16_completing_the_final_round_completes_the_session() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let mut last = plan(&[1]);
    last.is_final = true;
    studio.act(&mut session, &jonas(), Command::AddRound { plan: last, release: true }).expect("free");
    let round = session.rounds[0].clone();
    let complete = Command::CompleteRound { round: round.id, reports: reports(&round), late: false };
    let events = studio.act(&mut session, &mira(), complete).expect("it is out");
    assert!(matches!(events[..], [_, _]) && matches!(events[1].change, SessionChange::SessionCompleted { .. }));
    assert_eq!(session.status, SessionStatus::Completed);
    assert!(session.ended_at.is_some());
}

#[test]
fn what_was_trained_before_a_cancellation_could_be_known_is_kept() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1]);
    let complete = |late| Command::CompleteRound { round: round.id, reports: reports(&round), late };
    studio.act(&mut session, &jonas(), Command::Cancel { reason: None }).expect("it is open");
    assert_eq!(studio.act(&mut session, &mira(), complete(false)), Err(Refusal::SessionEnded));
    assert_eq!(studio.act(&mut session, &jonas(), complete(true)), Err(Refusal::NotYourPart));
    let events = studio.act(&mut session, &mira(), complete(true)).expect("it was out");
    assert!(matches!(events[..], [SessionEvent { change: SessionChange::RoundCompleted { .. }, .. }]));
    assert_eq!((session.status, session.rounds[0].status), (SessionStatus::Cancelled, RoundStatus::Completed));
    assert!(session.rounds[0].exercises[0].feedback.is_some());
    assert_eq!(studio.act(&mut session, &mira(), complete(true)), Err(Refusal::RoundCompleted), "once");
}

#[test]
fn late_feedback_is_for_a_round_that_was_out_in_a_session_that_was_cancelled() {
    let mut studio = Studio::default();
    let mut last = plan(&[1]);
    last.is_final = true;
    let mut session = studio.joined();
    studio.act(&mut session, &jonas(), Command::AddRound { plan: last, release: true }).expect("free");
    studio.act(&mut session, &jonas(), Command::AddRound { plan: plan(&[1]), release: false }).expect("free");
    let (out, draft) = (session.rounds[0].clone(), session.rounds[1].clone());
    let late = |round: &Round| Command::CompleteRound { round: round.id, reports: reports(round), late: true };
    let mut cancelled = session.clone();
    studio.act(&mut cancelled, &jonas(), Command::Cancel { reason: None }).expect("it is open");
    assert_eq!(studio.act(&mut cancelled, &mira(), late(&draft)), Err(Refusal::NotFound));
    let events = studio.act(&mut cancelled, &mira(), late(&out)).expect("it was out");
    assert_eq!((events.len(), cancelled.status), (1, SessionStatus::Cancelled), "the final round ends nothing now");
    studio.act(&mut session, &mira(), late(&out)).expect("in a session that goes on it is like any other");
    assert_eq!(session.status, SessionStatus::Completed);
    assert_eq!(studio.act(&mut session, &mira(), late(&draft)), Err(Refusal::NotFound));
}

#[test]
fn b11_ticking_an_exercise_off_begins_the_round_and_can_be_taken_back() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1]);
    let item = round.exercises[0].id;
    let log = |actual| Command::LogExercise { round: round.id, item, actual };
    let events = studio.act(&mut session, &mira(), log(Some(Values::default()))).expect("it is out");
    assert!(matches!(events[0].change, SessionChange::RoundStarted { .. }));
    assert!(matches!(events[1].change, SessionChange::ExerciseLogged { .. }));
    studio.act(&mut session, &mira(), log(None)).expect("it is still out");
    assert_eq!(session.rounds[0].exercises[0].actual, None);
    let elsewhere = Command::LogExercise { round: round.id, item: ItemId(Uuid::nil()), actual: None };
    assert_eq!(studio.act(&mut session, &mira(), elsewhere), Err(Refusal::NotFound));
}

#[test]
fn b12_a_round_is_completed_only_with_feedback_for_every_exercise() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1, 2]);
    let mut complete =
        |reports| studio.act(&mut session, &mira(), Command::CompleteRound { round: round.id, reports, late: false });
    let all = reports(&round);
    assert_eq!(findings(complete(vec![all[0].clone()]).unwrap_err()), [("/exercises".to_owned(), FieldCode::Required)]);
    assert_eq!(
        findings(complete(vec![all[0].clone(), all[0].clone()]).unwrap_err()),
        [("/exercises/1/id".to_owned(), FieldCode::Duplicate), ("/exercises".to_owned(), FieldCode::Required)],
        "b40: duplicates do not stand for the others"
    );
    let mut foreign = all.clone();
    foreign[1].id = ItemId(Uuid::nil());
    assert_eq!(findings(complete(foreign).unwrap_err())[0].1, FieldCode::UnknownReference);
    let missing = complete(vec![all[0].clone()]).unwrap_err();
    assert!(missing.depends_on_state(), "without the other exercise it would have fitted");
    let mut wrong = all[0].clone();
    wrong.effort = 11;
    assert!(!complete(vec![wrong]).unwrap_err().depends_on_state(), "never");
    complete(all).expect("one for each");
}

#[test]
fn b12_pain_needs_a_region_and_a_region_needs_pain() {
    let mut studio = Studio::default();
    let (session, round) = studio.with_round_out(&[1]);
    let mut with = |pain, regions: &[Region], effort| {
        let mut reports = reports(&round);
        reports[0].pain = pain;
        reports[0].pain_regions = regions.to_vec();
        reports[0].effort = effort;
        studio.decide(&session, &mira(), Command::CompleteRound { round: round.id, reports, late: false })
    };
    let regions = "/exercises/0/pain_regions".to_owned();
    assert_eq!(findings(with(true, &[], 5).unwrap_err()), [(regions.clone(), FieldCode::RegionsMissing)]);
    assert_eq!(
        findings(with(false, &[Region::Chest], 5).unwrap_err()),
        [(regions.clone(), FieldCode::RegionsWithoutPain)]
    );
    assert_eq!(
        findings(with(true, &[Region::Chest, Region::Chest], 5).unwrap_err()),
        [(regions, FieldCode::Duplicate)]
    );
    assert_eq!(
        findings(with(false, &[], 11).unwrap_err()),
        [("/exercises/0/effort".to_owned(), FieldCode::OutOfRange)]
    );
    assert!(with(true, Region::ALL, 0).is_ok());
}

#[test]
fn a_completed_round_keeps_what_was_logged_unless_the_report_says_otherwise() {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1, 2]);
    let logged = Values { reps: Some(6), ..Values::default() };
    for exercise in &round.exercises {
        let log = Command::LogExercise { round: round.id, item: exercise.id, actual: Some(logged) };
        studio.act(&mut session, &mira(), log).expect("it is out");
    }
    let corrected = Values { reps: Some(7), ..Values::default() };
    let mut reports = reports(&round);
    reports[1].actual = Some(corrected);
    studio
        .act(&mut session, &mira(), Command::CompleteRound { round: round.id, reports, late: false })
        .expect("complete");
    let actual: Vec<_> = session.rounds[0].exercises.iter().map(|exercise| exercise.actual).collect();
    assert_eq!(actual, [Some(logged), Some(corrected)]);
}

#[test]
fn b10_the_athlete_never_learns_of_a_draft() {
    let mut studio = Studio::default();
    let mut session = studio.start(&mira());
    let mut seen = session.clone();
    let mut kinds = Vec::new();
    let draft = Command::AddRound { plan: plan(&[1]), release: false };
    for (by, command) in [(jonas(), Command::Join), (jonas(), draft)] {
        for recorded in studio.act(&mut session, &by, command).expect("allowed") {
            kinds.extend(recorded.seen_by(Part::Athlete).map(|recorded| recorded.change.name().as_str()));
        }
    }
    assert_eq!(kinds, ["session-joined"]);
    assert_eq!(session.clone().seen_by(Part::Athlete).rounds, []);
    let round = session.rounds[0].id;
    assert_eq!(studio.decide(&session, &mira(), Command::StartRound(round)), Err(Refusal::NotFound));

    for recorded in studio.act(&mut session, &jonas(), Command::ReleaseRound(round)).expect("a draft") {
        apply(&mut seen, &recorded.seen_by(Part::Athlete).expect("it is out"), Part::Athlete);
    }
    assert_eq!(seen.rounds.len(), 1);
    for recorded in studio.act(&mut session, &jonas(), Command::RecallRound(round)).expect("not begun") {
        apply(&mut seen, &recorded.seen_by(Part::Athlete).expect("that it goes, they must know"), Part::Athlete);
    }
    assert_eq!(seen.rounds, [], "recalled: gone from the athlete's copy");
}

#[test]
fn rounds_that_are_not_there_are_not_found() {
    let mut studio = Studio::default();
    let session = studio.joined();
    let nowhere = RoundId(Uuid::nil());
    assert_eq!(studio.decide(&session, &jonas(), Command::ReleaseRound(nowhere)), Err(Refusal::NotFound));
    assert_eq!(studio.decide(&session, &mira(), Command::StartRound(nowhere)), Err(Refusal::NotFound));
    let mut foreign = plan(&[1]);
    foreign.exercises[0].id = Some(ItemId(Uuid::nil()));
    foreign.exercises.push(planned(2));
    let refusal = studio.decide(&session, &jonas(), Command::AddRound { plan: foreign, release: false }).unwrap_err();
    assert_eq!(findings(refusal), [("/exercises/0/id".to_owned(), FieldCode::UnknownReference)]);
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
