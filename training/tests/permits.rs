//! What is permitted is what is accepted.

mod common;

use common::acts::{acts, command};
use common::{Studio, jonas, mira, plan, plan_of, reports};
use proptest::prelude::*;
use serde_json::{Value, json};
use training::{Actor, Command, Part, Permit, Round, RoundStatus, Session, SessionStatus, Values, check_start, start};

/// A command with nothing wrong in it for each permit of a session; whether it releases a new round is a permit of its
/// own.
fn commands_on_session() -> [(Permit, Command); 4] {
    [
        (Permit::Join, Command::Join),
        (Permit::Cancel, Command::Cancel { reason: None }),
        (Permit::AddRound, Command::AddRound { plan: plan(&[1]), release: false }),
        (Permit::ReleaseRound, Command::AddRound { plan: plan(&[1]), release: true }),
    ]
}

/// The same for a round.
fn commands_on_round(round: &Round) -> [(Permit, Command); 8] {
    let (id, version) = (round.id, round.version);
    let actual = Values { reps: Some(5), ..Values::default() };
    let noted = round.exercises.iter().find(|exercise| exercise.has_entry()).unwrap_or(&round.exercises[0]).id;
    [
        (Permit::EditRound, Command::EditRound { round: id, version, plan: plan_of(round), release: false }),
        (Permit::DeleteRound, Command::DeleteRound { round: id, version }),
        (Permit::ReleaseRound, Command::ReleaseRound(id)),
        (Permit::RecallRound, Command::RecallRound(id)),
        (Permit::StartRound, Command::StartRound(id)),
        (Permit::LogExercise, Command::LogExercise { round: id, item: round.exercises[0].id, actual: Some(actual) }),
        (Permit::CompleteRound, Command::CompleteRound { round: id, reports: reports(round), late: false }),
        (Permit::CorrectExercise, Command::CorrectExercise { round: id, item: noted, version, actual, reason: None }),
    ]
}

/// Whatever may be done in a session is permitted, and nothing else.
fn permits_are_what_is_accepted(studio: &mut Studio, session: &Session) -> Result<(), TestCaseError> {
    let mut accepted = |by: &Actor, command: Command| studio.decide(session, by, command).is_ok();
    for by in [jonas(), mira()] {
        let permits = session.permits(by.part);
        for (permit, command) in commands_on_session() {
            let is_permitted = permits.session.contains(&permit);
            prop_assert_eq!(is_permitted, accepted(&by, command), "{:?} by {:?}", permit, by.part);
        }
        for round in &session.rounds {
            let permits = permits.rounds.get(&round.id).cloned().unwrap_or_default();
            for (permit, command) in commands_on_round(round) {
                let is_permitted = permits.contains(&permit);
                prop_assert_eq!(
                    is_permitted,
                    accepted(&by, command),
                    "{:?} by {:?}, {:?}",
                    permit,
                    by.part,
                    round.status
                );
            }
            let saved_and_released =
                Command::EditRound { round: round.id, version: round.version, plan: plan_of(round), release: true };
            let is_permitted = permits.contains(&Permit::EditRound) && permits.contains(&Permit::ReleaseRound);
            prop_assert_eq!(is_permitted, accepted(&by, saved_and_released), "{:?}", round.status);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn an_act_is_permitted_exactly_when_it_is_accepted(acts in acts()) {
        let mut studio = Studio::default();
        let mut session = studio.start(&mira());
        permits_are_what_is_accepted(&mut studio, &session)?;
        for act in acts {
            let command = command(&act, &session);
            let by_trainer = command.permit().part().map_or(act.trainer, |part| part == Part::Trainer);
            let by = if by_trainer { jonas() } else { mira() };
            if studio.act(&mut session, &by, command).is_ok() {
                permits_are_what_is_accepted(&mut studio, &session)?;
            }
        }
    }
}

#[test]
fn a_status_that_this_version_does_not_know_permits_nothing() -> Result<(), TestCaseError> {
    let mut studio = Studio::default();
    let (mut session, round) = studio.with_round_out(&[1]);
    session.rounds[0].status = RoundStatus::from_word("queued");
    permits_are_what_is_accepted(&mut studio, &session)?;
    for part in [Part::Athlete, Part::Trainer] {
        assert!(!session.permits(part).rounds.contains_key(&round.id));
    }
    session.status = SessionStatus::from_word("paused");
    permits_are_what_is_accepted(&mut studio, &session)?;
    assert!(session.permits(Part::Trainer).session.is_empty());
    Ok(())
}

#[test]
fn what_has_ended_is_corrected_by_the_athlete_and_whom_they_train_with_now() {
    let (session, round) = Studio::default().with_round_out(&[1]);
    let mut done = Round { status: RoundStatus::Completed, ..round };
    done.exercises[0].actual = Some(done.exercises[0].planned.done_as_planned());
    for (status, by_former) in [(SessionStatus::Active, true), (SessionStatus::Completed, false)] {
        let session = Session { status, rounds: vec![done.clone()], trainer: Some(jonas().person), ..session.clone() };
        let corrects = |by: &Actor, trains: bool| {
            let permits = session.permits_of(by.person.id, trains);
            permits.rounds.get(&done.id).is_some_and(|permits| permits.contains(&Permit::CorrectExercise))
        };
        assert!(corrects(&mira(), false) && corrects(&jonas(), true), "{status:?}");
        assert_eq!(corrects(&jonas(), false), by_former, "{status:?}");
    }
}

#[test]
fn a_session_may_be_started_exactly_when_starting_it_is_accepted() {
    let mut studio = Studio::default();
    let id = studio.start(&mira()).id;
    for (has_trainer, has_open) in [(true, true), (true, false), (false, true), (false, false)] {
        let started = start(id, mira().person, has_trainer, has_open, studio.now());
        assert_eq!(check_start(has_trainer, has_open), started.map(drop));
    }
}

/// What the tests of the windows take for permitted, `ui/dev/permits.json`: they can't ask the rules.
///
/// When it is stale, this fails and says what belongs there.
#[test]
fn the_tests_of_the_windows_permit_what_the_rules_permit() {
    let wanted = Value::Array(
        SessionStatus::ALL
            .iter()
            .flat_map(|status| [None, Some(RoundStatus::Released), Some(RoundStatus::Active)].map(|out| (*status, out)))
            .flat_map(|(status, out)| [Part::Athlete, Part::Trainer].map(|part| permits_in(status, out, part)))
            .collect(),
    );
    let kept: Value = serde_json::from_str(include_str!("../../ui/dev/permits.json")).unwrap_or_default();
    assert!(kept == wanted, "ui/dev/permits.json should be:\n{wanted:#}");
}

/// What `part` may do in a session of this status with rounds of every status, of which one may be out.
fn permits_in(status: SessionStatus, out: Option<RoundStatus>, part: Part) -> Value {
    let (session, round) = Studio::default().with_round_out(&[1]);
    let statuses: Vec<RoundStatus> = [RoundStatus::Draft, RoundStatus::Completed].into_iter().chain(out).collect();
    let rounds = (1_u32..).zip(&statuses).map(|(number, status)| {
        let id = training::RoundId(uuid::Uuid::from_u128(number.into()));
        let mut round = Round { id, number, status: *status, ..round.clone() };
        if *status == RoundStatus::Completed {
            round.exercises.iter_mut().for_each(|exercise| exercise.actual = Some(exercise.planned.done_as_planned()));
        }
        round
    });
    let session = Session { status, rounds: rounds.collect(), ..session };
    let permits = session.permits(part);
    let of_rounds = session.rounds.iter().map(|round| {
        (round.status.as_str().to_owned(), json!(permits.rounds.get(&round.id).cloned().unwrap_or_default()))
    });
    json!({
        "part": part,
        "status": status,
        "out": out,
        "session": permits.session,
        "rounds": Value::Object(of_rounds.collect()),
    })
}
