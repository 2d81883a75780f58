//! The desktop core without a window, against the real server: one agent's acts reach the other by themselves, and
//! ordinary connection losses recover without any user action.

use std::sync::Arc;

use futures_util::future::join_all;
use ringside_core::ThisMachine;
use ringside_core::bridge::{AccountCalls, FailureCode, LinkState, LocalCode, SessionCalls, SignedOut, View};
use ringside_core::{Agent, Options, Vault};
use system_tests::{Failure, Person, Server, without_stalls};
use training::{
    ExerciseReport, PlannedExercise, ProblemCode, Round, RoundPlan, RoundStatus, Session, SessionStatus, Values,
};

/// A trainer and their athlete, in a session that the trainer has joined.
async fn join_session(server: &Server) -> (Person, Person, Session) {
    let trainer = Person::signed_in(server.url(), server.first("trainer").expect("a trainer")).await;
    let athlete = Person::signed_in(server.url(), server.first("athlete").expect("an athlete")).await;
    let session = athlete.agent.start_session().await.expect("nothing stands against it");
    trainer
        .sees("the waiting session", |view| view.documents.sessions.iter().any(|known| known.id == session.id))
        .await;
    let session = trainer.join(session.id).await;
    (trainer, athlete, session)
}

fn plan(view: &View) -> RoundPlan {
    let exercise = view.documents.exercises.first().expect("the demo studio has exercises");
    let planned = Values { weight_kg: Some(80.0), reps: Some(8), ..Values::default() };
    let planned = PlannedExercise::new(exercise.id, planned);
    RoundPlan { is_final: true, rest_after_s: None, exercises: vec![planned] }
}

fn reports(round: &Round) -> Vec<ExerciseReport> {
    let report = |item: &training::RoundExercise| ExerciseReport {
        id: item.id,
        effort: 7,
        pain: false,
        pain_regions: Vec::new(),
        note: None,
        actual: None,
    };
    round.exercises.iter().map(report).collect()
}

#[tokio::test]
async fn acts_of_one_person_reach_the_other() -> Result<(), Failure> {
    let server = Server::start()?;
    let (trainer, athlete, session) = join_session(&server).await;
    let known = trainer.view();
    trainer.agent.add_round(session.id, plan(&known), true).await.expect("no other round is out");
    let round = athlete.sees_round(RoundStatus::Released).await;
    athlete.agent.complete_round(round.id, reports(&round)).await.expect("one report for each");
    let done = trainer.sees_round(RoundStatus::Completed).await;
    assert_eq!(done.exercises[0].feedback.as_ref().map(|feedback| feedback.effort), Some(7));
    let ended = |view: &View| view.documents.sessions.iter().any(|session| session.status == SessionStatus::Completed);
    trainer.sees("the session completed with its final round", ended).await;
    athlete.sees("the session completed with its final round", ended).await;
    Ok(())
}

#[tokio::test]
async fn the_connection_recovers_from_a_restart_of_the_server_and_nothing_is_lost() -> Result<(), Failure> {
    let mut server = Server::start()?;
    let (trainer, athlete, session) = join_session(&server).await;
    server.stop()?;
    for person in [&trainer, &athlete] {
        person.sees("to be offline", |view| view.link.state == LinkState::Offline).await;
    }
    let known = trainer.view();
    let planned = trainer.agent.add_round(session.id, plan(&known), true).await.expect("it waits");
    let view = trainer.view();
    assert_eq!((view.link.waiting, view.refused.len()), (1, 0));
    assert_eq!(trainer.sees_round(RoundStatus::Released).await, planned, "the projection");
    server.start_again()?;
    for person in [&trainer, &athlete] {
        person.sees("to be live again", |view| view.link.state == LinkState::Live).await;
    }
    let round = athlete.sees_round(RoundStatus::Released).await;
    assert_eq!((round.id, &round.exercises[0].id), (planned.id, &planned.exercises[0].id), "the ids chosen offline");
    // The act's result is shown until the feed delivers it, even after it has left the outbox.
    let once = |view: &View| view.link.waiting == 0 && view.documents.sessions[0].rounds == [round.clone()];
    trainer.sees("the round as the server has it, once", once).await;
    assert_eq!((trainer.faults(), athlete.faults()), (Vec::new(), Vec::new()));
    Ok(())
}

#[tokio::test]
async fn a_stream_is_replaced_before_its_token_expires_without_a_gap() -> Result<(), Failure> {
    let observed = without_stalls(with_short_tokens, async |server| {
        let (trainer, athlete, session) = join_session(server).await;
        // Four renewals for two people: a renewed token has expired as well.
        let mut interval = tokio::time::interval(std::time::Duration::from_millis(100));
        while renewals(server).await < 4 {
            interval.tick().await;
        }
        let known = trainer.view();
        trainer.agent.add_round(session.id, plan(&known), true).await.expect("the trainer's token is renewed for it");
        athlete.sees_round(RoundStatus::Released).await;
        [trainer, athlete].map(|person| (person.states(), person.view().signed_out, person.faults()))
    });
    for (states, signed_out, faults) in observed.await? {
        assert_eq!(states, [LinkState::Live], "live from the first moment on, without a gap");
        assert_eq!((signed_out, faults), (None, Vec::new()));
    }
    Ok(())
}

/// A server whose access tokens expire after thirty seconds and are renewed six seconds before, which is twice as long as
/// a pause that `without_stalls` lets pass.
fn with_short_tokens() -> Result<Server, Failure> {
    Server::start()?.with_access_tokens_for(30)
}

/// How often tokens were renewed.
async fn renewals(server: &Server) -> u32 {
    let metrics = reqwest::get(server.metrics()).await.expect("it answers");
    let text = metrics.text().await.expect("it is text");
    let line = text.lines().find(|line| line.contains("/v1/auth/refresh") && line.contains("requests_total"));
    line.map_or(0, |line| line.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(u32::MAX))
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires_and_once_for_concurrent_calls() -> Result<(), Failure> {
    let observed = without_stalls(with_short_tokens, async |server| {
        let person = Person::signed_in(server.url(), server.first("athlete").expect("an athlete")).await;
        let mut refused = Vec::new();
        // Calls without a pause would use up what a person may do in a day.
        let mut interval = tokio::time::interval(std::time::Duration::from_millis(100));
        while renewals(server).await == 0 {
            interval.tick().await;
            let calls = (0..20).map(|_| person.agent.change_me(None, None, None));
            refused.extend(join_all(calls).await.into_iter().filter_map(Result::err));
        }
        (refused, person.states(), renewals(server).await)
    });
    let (refused, states, renewed) = observed.await?;
    assert_eq!(refused, [], "no call uses an expired token");
    assert_eq!(states, [LinkState::Live], "before the token expires");
    assert_eq!(renewed, 1, "twenty calls at once, one renewal");
    Ok(())
}

#[tokio::test]
async fn a_sign_in_that_was_revoked_while_offline_is_reported() -> Result<(), Failure> {
    let mut server = Server::start()?;
    let account = server.first("athlete")?.clone();
    let person = Person::signed_in(server.url(), &account).await;
    server.stop()?;
    person.sees("to be offline", |view| view.link.state == LinkState::Offline).await;
    server.start_again()?;
    let elsewhere = Person::signed_in(server.url(), &account).await;
    elsewhere
        .agent
        .change_password(account.password.clone(), "another password".to_owned())
        .await
        .expect("it is right");
    let view = person.sees("to be signed out", |view| view.signed_out == Some(SignedOut::ByServer)).await;
    assert!(view.account.me.is_none() && view.documents.sessions.is_empty());
    person.agent.sign_in(account.email.clone(), "another password".to_owned()).await.expect("the new password");
    person.sees("to be live", |view| view.link.state == LinkState::Live).await;
    Ok(())
}

#[tokio::test]
async fn a_profile_is_open_in_one_process_at_a_time() -> Result<(), Failure> {
    let server = Server::start()?;
    let person = Person::open(server.url()).await;
    let again = Options {
        home: person.home(),
        profile: "test".parse().expect("a profile's name"),
        server: None,
        app_version: "0.0.0".to_owned(),
        vault: Some(Vault::in_memory()),
        environment: Arc::new(ThisMachine::default()),
        updater: None,
        host: None,
        emit: Arc::new(|_| {}),
    };
    let refused = Agent::open(again).await.err().expect("it is open already");
    assert_eq!(refused.code, FailureCode::Local(LocalCode::AlreadyOpen));
    Ok(())
}

#[tokio::test]
async fn events_missed_while_signed_out_are_shown_after_the_next_sign_in() -> Result<(), Failure> {
    let server = Server::start()?;
    let (trainer, athlete, session) = join_session(&server).await;
    drop(athlete);
    let known = trainer.view();
    trainer.agent.add_round(session.id, plan(&known), true).await.expect("no other round is out");
    let back = Person::signed_in(server.url(), server.first("athlete")?).await;
    back.sees_round(RoundStatus::Released).await;
    Ok(())
}

#[tokio::test]
async fn b02_a_wrong_password_fails_with_the_code_of_the_server() -> Result<(), Failure> {
    let server = Server::start()?;
    let person = Person::open(server.url()).await;
    let account = server.first("athlete")?;
    let failure = person.agent.sign_in(account.email.clone(), "not the password".to_owned()).await.expect_err("wrong");
    assert_eq!(failure.code, FailureCode::Server(ProblemCode::WrongCredentials));
    assert!(failure.request_id.is_some(), "the request can be found in the server's log");
    Ok(())
}

#[tokio::test]
async fn b03_signing_out_everywhere_reaches_the_other_devices() -> Result<(), Failure> {
    let server = Server::start()?;
    let account = server.first("athlete")?;
    let one = Person::signed_in(server.url(), account).await;
    let other = Person::signed_in(server.url(), account).await;
    one.agent.sign_out(true).await.expect("the server is there");
    one.sees("to be signed out here", |view| view.signed_out == Some(SignedOut::ByPerson)).await;
    let view = other.sees("to be signed out there", |view| view.signed_out == Some(SignedOut::ByServer)).await;
    assert!(view.account.me.is_none() && view.documents.sessions.is_empty(), "nothing of the person is shown any more");
    Ok(())
}

#[tokio::test]
async fn several_devices_of_one_person_show_the_same() -> Result<(), Failure> {
    let server = Server::start()?;
    let account = server.first("athlete")?;
    let one = Person::signed_in(server.url(), account).await;
    let other = Person::signed_in(server.url(), account).await;
    let session = one.agent.start_session().await.expect("nothing stands against it");
    other
        .sees("the session started on the first", |view| {
            view.documents.sessions.iter().any(|known| known.id == session.id)
        })
        .await;
    Ok(())
}
