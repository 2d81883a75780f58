//! What is left of sessions, and who may be erased.

mod common;

use common::{Studio, jonas, mira, plan, reports};
use training::people::{Circumstances, EraseUser, User, UserStatus, check_erase, former_name};
use training::wire::{Locale, Role};
use training::{Command, Correction, FieldCode, Person, Refusal, Session, Values};

/// A completed session in which everybody has written something.
fn session(studio: &mut Studio) -> Session {
    let (athlete, trainer) = (mira(), jonas());
    let mut session = studio.start(&athlete);
    studio.act(&mut session, &trainer, Command::Join).expect("it waits");
    let mut planned = plan(&[1]);
    planned.exercises[0].trainer_notes = Some("Mira, mind your knee".to_owned());
    studio.act(&mut session, &trainer, Command::AddRound { plan: planned, release: true }).expect("a plan");
    let round = session.rounds[0].clone();
    studio.act(&mut session, &athlete, Command::StartRound(round.id)).expect("it is out");
    let mut said = reports(&round);
    said[0].note = Some("my knee hurts".to_owned());
    said[0].actual = Some(Values { reps: Some(6), ..Values::default() });
    studio
        .act(&mut session, &athlete, Command::CompleteRound { round: round.id, reports: said, late: false })
        .expect("done");
    for (by, reason) in [(&athlete, "miscounted"), (&trainer, "she said so")] {
        let correction =
            Correction { by: by.person.clone(), at: studio.now(), before: None, reason: Some(reason.to_owned()) };
        session.rounds[0].exercises[0].corrections.push(correction);
    }
    let cancel = Command::Cancel { reason: Some("my knee".to_owned()) };
    studio.act(&mut session, &athlete, cancel).expect("it is open");
    session
}

fn json(session: &Session) -> String {
    serde_json::to_string(session).expect("JSON")
}

#[test]
fn b37_a_session_stays_for_its_trainer_without_the_athlete() {
    let before = session(&mut Studio::default());
    let after = before.without(mira().person.id);
    let text = json(&after);
    for gone in ["Mira", "knee", "miscounted", "she said so"] {
        assert!(json(&before).contains(gone) && !text.contains(gone), "{gone}");
    }
    assert_eq!(after.athlete.name, Person::FORMER_ATHLETE);
    assert_eq!(after.trainer, before.trainer);
    let (exercise, was) = (&after.rounds[0].exercises[0], &before.rounds[0].exercises[0]);
    assert_eq!((exercise.actual, exercise.planned), (was.actual, was.planned), "what was done stays");
    assert_eq!(exercise.feedback, None);
    assert_eq!((after.version, after.rounds[0].version), (before.version + 1, before.rounds[0].version + 1));
}

#[test]
fn b37_a_session_stays_for_its_athlete_without_the_trainer() {
    let before = session(&mut Studio::default());
    let after = before.without(jonas().person.id);
    let text = json(&after);
    assert!(!text.contains("Jonas") && !text.contains("she said so"), "{text}");
    assert_eq!(after.trainer.as_ref().map(|trainer| trainer.name.as_str()), Some(Person::FORMER_TRAINER));
    assert_eq!(after.athlete, before.athlete);
    assert_eq!(after.cancel_reason, before.cancel_reason, "the athlete's own words");
    let (exercise, was) = (&after.rounds[0].exercises[0], &before.rounds[0].exercises[0]);
    assert_eq!((&exercise.feedback, &exercise.trainer_notes), (&was.feedback, &was.trainer_notes));
    assert_eq!(exercise.corrections[0], was.corrections[0]);
}

#[test]
fn a_session_that_names_them_nowhere_keeps_its_version() {
    let before = session(&mut Studio::default());
    assert_eq!(before.without(common::nora().person.id), before);
    let after = before.without(mira().person.id);
    assert_eq!(after.without(mira().person.id), after, "erasing twice changes nothing");
}

#[test]
fn a_session_that_nobody_led_is_the_athletes_alone() {
    let mut studio = Studio::default();
    let waiting = studio.start(&mira());
    assert!(waiting.is_alone(mira().person.id) && !waiting.is_alone(jonas().person.id));
    assert!(!session(&mut studio).is_alone(mira().person.id));
}

fn user(roles: &[Role]) -> User {
    User {
        id: mira().person.id,
        name: "Mira Lang".to_owned(),
        email: "mira@studio.example".to_owned(),
        roles: roles.to_vec(),
        locale: Locale::De,
        trainer: None,
        status: UserStatus::Active,
        last_seen_at: None,
        invited_at: None,
        version: 3,
    }
}

fn confirming(name: &str) -> EraseUser {
    EraseUser { confirm: name.to_owned() }
}

#[test]
fn b37_the_name_has_to_be_repeated() {
    let user = user(&[Role::Athlete]);
    let circumstances = Circumstances::default();
    assert_eq!(check_erase(&user, &confirming("Mira Lang "), &circumstances), Ok(()));
    for wrong in ["", "Mira", "mira lang", "Jonas"] {
        let Err(Refusal::DoesNotFit(fields)) = check_erase(&user, &confirming(wrong), &circumstances) else {
            panic!("{wrong} is not her name");
        };
        assert_eq!((fields[0].pointer.as_str(), fields[0].code), ("/confirm", FieldCode::NotRepeated));
    }
}

#[test]
fn neither_the_last_admin_nor_a_trainer_with_athletes_is_erased() {
    let confirm = confirming("Mira Lang");
    let last = Circumstances::default();
    assert_eq!(check_erase(&user(&[Role::Admin]), &confirm, &last), Err(Refusal::LastAdmin));
    let not_last = Circumstances { has_other_admin: true, ..Circumstances::default() };
    assert_eq!(check_erase(&user(&[Role::Admin]), &confirm, &not_last), Ok(()));
    let with_athletes = Circumstances { has_athletes: true, ..Circumstances::default() };
    assert_eq!(check_erase(&user(&[Role::Trainer]), &confirm, &with_athletes), Err(Refusal::HasAthletes));
}

#[test]
fn what_somebody_is_called_afterwards_follows_from_their_roles() {
    assert_eq!(former_name(&[Role::Athlete, Role::Trainer]), Person::FORMER_TRAINER);
    assert_eq!(former_name(&[Role::Athlete]), Person::FORMER_ATHLETE);
    assert_eq!(former_name(&[Role::Admin]), Person::FORMER_ADMIN);
}
