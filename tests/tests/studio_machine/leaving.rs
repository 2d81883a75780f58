//! Leaving: of oneself, or taken off the machine, and what becomes of what is left.

use std::sync::PoisonError;

use ringside_core::bridge::{LinkState, LocalCode, View};
use serde_json::json;
use system_tests::{Failure, Person, Proxy, Screen, Server, Shown, Weather};
use training::{RoundStatus, SessionStatus};

use crate::{athletes, begin_without_a_network, code, local, may_wait, remove};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_removes_everything_of_theirs_from_the_machine_unless_something_waits() -> Result<(), Failure> {
    let server = Server::start()?;
    let network = Proxy::before(server.url()).await?;
    let screen = Screen::new(&network.url()).await;
    let (first, second) = athletes(&server);
    let trainer = Person::signed_in(server.url(), server.first("trainer")?).await;
    let of_second = screen.admit(&second, "2222").await.expect("the demo's password");
    screen.is(LinkState::Live).await;
    assert!(screen.has_files_of(&of_second));
    screen.call("sign_out", json!({"everywhere": false})).await.expect("signed out");
    assert!(screen.names().is_empty() && !screen.has_files_of(&of_second));
    assert_eq!(code(screen.pick(&of_second, "2222").await), local(LocalCode::NotOnThisMachine));

    let of_first = screen.admit(&first, "1111").await.expect("the demo's password");
    begin_without_a_network(&screen, &trainer, &network).await;
    screen.call("sign_out", json!({"everywhere": false})).await.expect("signed out");
    assert_eq!(screen.names(), [first.name.as_str()]);
    assert!(screen.has_files_of(&of_first));
    assert!(may_wait(&screen), "at the next start it is looked after");
    screen.staff().await;
    let keeps = |shown: &Shown| shown.studio.people.iter().any(|it| it.profile == of_first && it.keeps_something);
    assert!(keeps(&screen.shown()), "staff see it although nobody is signed in");
    assert_eq!(code(remove(&screen, &of_first, false).await), local(LocalCode::StillWaiting));
    let ended = screen.call("end_studio", json!({"confirmed": false})).await;
    assert_eq!(code(ended), local(LocalCode::StillWaiting));
    screen.lock().await;

    network.set(Weather::Clear);
    screen.admit(&first, "1111").await.expect("the demo's password");
    trainer.sees_round(RoundStatus::Active).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_out_holds_up_nobody_and_is_told_nothing_more() -> Result<(), Failure> {
    let server = Server::start()?;
    let network = Proxy::before(server.url()).await?;
    let screen = Screen::new(&network.url()).await;
    let (first, second) = athletes(&server);
    let of_second = screen.admit(&second, "2222").await.expect("the demo's password");
    screen.lock().await;
    let of_first = screen.admit(&first, "1111").await.expect("the demo's password");
    screen.is(LinkState::Live).await;
    // The server hears nothing of it for as long as they wait for that.
    network.set(Weather::Frozen);
    let next = async {
        screen.sees("nobody", |shown| shown.studio.in_front.is_none()).await;
        screen.pick(&of_second, "2222").await.expect("their PIN");
        assert_eq!(screen.shown().studio.in_front.as_deref(), Some(of_second.as_str()));
    };
    let (signed_out, ()) = tokio::join!(screen.call("sign_out", json!({"everywhere": false})), next);
    signed_out.expect("it works without the server");
    assert_eq!(screen.shown().studio.in_front, Some(of_second));
    assert_eq!(screen.names(), [second.name.as_str()]);
    assert!(!screen.has_files_of(&of_first));
    let told = screen.told.lock().unwrap_or_else(PoisonError::into_inner);
    let of_theirs = told.iter().filter(|(front, _)| front.as_deref() == Some(&of_first));
    assert!(
        of_theirs.into_iter().all(|(_, text)| !text.contains("\"signed_out\":\"by")),
        "it was theirs, not the server's"
    );
    Ok(())
}

#[tokio::test]
async fn signing_out_everywhere_takes_the_server_s_word_and_then_everything_off_the_machine() -> Result<(), Failure> {
    let server = Server::start()?;
    let network = Proxy::before(server.url()).await?;
    let screen = Screen::new(&network.url()).await;
    let (athlete, _) = athletes(&server);
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    screen.is(LinkState::Live).await;
    network.set(Weather::Down);
    screen.call("sign_out", json!({"everywhere": true})).await.expect_err("the server could not be asked");
    assert_eq!(screen.shown().studio.in_front.as_deref(), Some(profile.as_str()));
    network.set(Weather::Clear);
    screen.call("sign_out", json!({"everywhere": true})).await.expect("it can");
    assert!(screen.names().is_empty() && !screen.has_files_of(&profile));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_removed_in_the_middle_of_a_training_leaves_no_session_open() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    let trainer = Person::signed_in(server.url(), server.first("trainer")?).await;
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    screen.is(LinkState::Live).await;
    screen.call("start_session", json!({})).await.expect("none is open");
    trainer.lead_a_round().await;
    let trains = |shown: &Shown| shown.studio.people.iter().any(|person| person.trains);
    screen.sees("that they train", trains).await;
    screen.staff().await;
    assert_eq!(code(remove(&screen, &profile, false).await), local(LocalCode::InSession));
    assert_eq!(code(screen.call("end_studio", json!({"confirmed": false})).await), local(LocalCode::InSession));
    remove(&screen, &profile, true).await.expect("staff mean it");
    assert!(screen.names().is_empty() && !screen.has_files_of(&profile));
    let cancelled =
        |view: &View| view.documents.sessions.iter().all(|session| session.status == SessionStatus::Cancelled);
    trainer.sees("that it is over", cancelled).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_never_comes_back_is_removed_with_what_was_never_sent_if_staff_mean_it() -> Result<(), Failure> {
    let server = Server::start()?;
    let network = Proxy::before(server.url()).await?;
    let screen = Screen::new(&network.url()).await;
    let (athlete, _) = athletes(&server);
    let trainer = Person::signed_in(server.url(), server.first("trainer")?).await;
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    begin_without_a_network(&screen, &trainer, &network).await;
    screen.call("sign_out", json!({"everywhere": false})).await.expect("signed out");
    screen.staff().await;
    assert_eq!(code(remove(&screen, &profile, false).await), local(LocalCode::StillWaiting));
    remove(&screen, &profile, true).await.expect("staff mean it");
    assert!(screen.names().is_empty() && !screen.has_files_of(&profile));
    Ok(())
}

#[tokio::test]
async fn an_answer_that_comes_when_they_have_gone_is_told_nobody() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    screen.admit(&athlete, "4711").await.expect("the demo's password");
    screen.is(LinkState::Live).await;
    let change = screen.call("change_me", json!({"name": null, "locale": "en"}));
    let (answered, ()) = tokio::join!(change, screen.lock());
    assert_eq!(code(answered), local(LocalCode::NotSignedIn));
    Ok(())
}
