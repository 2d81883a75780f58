//! The rules of a session and of training in it, one by one; numbers are those of the product's list of behaviours.

mod common;

use common::{Studio, findings, jonas, mira, person, plan, planned, reports};
use training::{
    Command, FieldCode, Folded, ItemId, Part, Refusal, Region, Round, RoundId, RoundStatus, SessionChange,
    SessionEvent, SessionId, SessionStatus, Values, apply, start,
};
use uuid::Uuid;

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
fn an_event_of_another_session_is_not_folded() {
    let mut studio = Studio::default();
    let (session, other) = (studio.start(&mira()), studio.start(&mira()));
    let joined = studio.decide(&other, &jonas(), Command::Join).expect("it waits").remove(0);
    let mislabelled = SessionEvent { session_id: session.id, ..joined.clone() };
    for event in [joined, mislabelled] {
        let mut folded = session.clone();
        assert_eq!(apply(&mut folded, &event, Part::Trainer), Folded::Contradictory);
        assert_eq!(folded, session);
    }
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
