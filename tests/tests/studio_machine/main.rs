//! A studio machine: several people train in front of one screen, one after the other, and none sees what is another's.

mod leaving;
mod staff;

use std::sync::{Arc, PoisonError};

use ringside_core::bridge::{Failure as Refused, FailureCode, LinkState, LocalCode};
use ringside_core::environment::ThisMachine;
use ringside_core::{Home, become_studio_machine};
use serde_json::{Value, json};
use system_tests::{Account, Failure, Person, Proxy, STAFF, Screen, Server, Shown, Weather, WrongClock};
use training::RoundStatus;
use training::wire::Role;

/// Two athletes of the first trainer.
fn athletes(server: &Server) -> (Account, Account) {
    let mut athletes = server.accounts().iter().filter(|account| account.roles.iter().any(|role| role == "athlete"));
    let mut next = || athletes.next().expect("an athlete").clone();
    (next(), next())
}

fn code(refused: Result<impl Sized, Refused>) -> FailureCode {
    refused.err().expect("it is refused").code
}

const fn local(code: LocalCode) -> FailureCode {
    FailureCode::Local(code)
}

/// Whether the roster on the disk says that something of somebody may wait.
fn may_wait(screen: &Screen) -> bool {
    let roster = std::fs::read_to_string(screen.home().path().join("studio.json")).expect("it is kept");
    roster.contains("\"may_wait\": true")
}

/// Staff take whoever has `profile` off the machine.
async fn remove(screen: &Screen, profile: &str, confirmed: bool) -> Result<Value, Refused> {
    screen.call("remove_person", json!({"profile": profile, "confirmed": confirmed})).await
}

/// Whoever is in front starts a session, gets a round, and begins it without a network.
async fn begin_without_a_network(screen: &Screen, trainer: &Person, network: &Proxy) {
    screen.is(LinkState::Live).await;
    screen.call("start_session", json!({})).await.expect("none is open");
    trainer.lead_a_round().await;
    let out =
        |shown: &Shown| shown.view.iter().flat_map(|view| &view.documents.sessions).any(|it| !it.rounds.is_empty());
    let view = screen.sees("the round", out).await.view.expect("it was just there");
    network.set(Weather::Down);
    screen.is(LinkState::Offline).await;
    screen.call("start_round", json!({"round_id": view.documents.sessions[0].rounds[0].id})).await.expect("it waits");
}

#[tokio::test]
async fn whoever_is_new_signs_in_once_and_picks_themselves_with_their_pin_from_then_on() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    assert!(screen.shown().studio.people.is_empty());
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    screen.is(LinkState::Live).await;
    assert!(may_wait(&screen), "if the power goes now, it is looked after at the next start");
    screen.lock().await;
    let shown = screen.sees("nobody", |shown| shown.studio.in_front.is_none()).await;
    assert!(shown.view.expect("the house's").me.is_none());
    assert_eq!(screen.names(), [athlete.name.as_str()]);

    assert_eq!(code(screen.pick(&profile, "4712").await), local(LocalCode::WrongPin));
    assert_eq!(code(screen.pick(&profile, "471").await), local(LocalCode::NotAPin));
    assert_eq!(code(screen.pick("person-of-nobody", "4711").await), local(LocalCode::NotOnThisMachine));
    assert!(screen.shown().studio.in_front.is_none());
    screen.pick(&profile, "4711").await.expect("their PIN");
    assert!(may_wait(&screen));
    let shown = screen.sees("themselves", |shown| shown.view.as_ref().is_some_and(|view| view.me.is_some())).await;
    assert_eq!(shown.view.and_then(|view| view.me).map(|me| me.name), Some(athlete.name));
    Ok(())
}

#[tokio::test]
async fn whoever_guesses_pins_waits_also_with_the_right_one_and_after_a_restart() -> Result<(), Failure> {
    let server = Server::start()?;
    let clock = WrongClock::ahead_by(0);
    let screen = Screen::on(clock.clone(), server.url()).await;
    let (athlete, _) = athletes(&server);
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    screen.lock().await;
    for pin in ["0000", "1111"] {
        let refused = screen.pick(&profile, pin).await.expect_err("it is another one");
        assert_eq!((refused.code, refused.retry_after_s), (local(LocalCode::WrongPin), None));
    }
    let refused = screen.pick(&profile, "2222").await.expect_err("it is another one");
    assert!(refused.retry_after_s.is_some_and(|s| (1..=30).contains(&s)), "{refused:?}");
    let refused = screen.pick(&profile, "4711").await.expect_err("too many");
    assert_eq!(refused.code, local(LocalCode::TooManyPins));

    let screen = screen.again(clock.clone()).await;
    assert_eq!(code(screen.pick(&profile, "4711").await), local(LocalCode::TooManyPins));
    // A try that was refused for being too soon counts for nothing.
    clock.set_ahead_by(31_000);
    screen.pick(&profile, "4711").await.expect("they have waited");
    Ok(())
}

#[tokio::test]
async fn whoever_forgot_their_pin_signs_in_with_their_password_and_sets_another() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    screen.lock().await;
    let wrong = Account { password: "not it at all".to_owned(), ..athlete.clone() };
    assert_eq!(code(screen.admit(&wrong, "1234").await), FailureCode::Server(training::ProblemCode::WrongCredentials));
    assert_eq!(code(screen.admit(&athlete, "12345").await), local(LocalCode::NotAPin));
    assert_eq!(screen.admit(&athlete, "1234").await.expect("the demo's password"), profile);
    screen.lock().await;
    assert_eq!(screen.names(), [athlete.name.as_str()]);
    assert_eq!(code(screen.pick(&profile, "4711").await), local(LocalCode::WrongPin));
    screen.pick(&profile, "1234").await.expect("the new one");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_what_is_another_s_although_it_goes_on() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (first, second) = athletes(&server);
    let trainer = Person::signed_in(server.url(), server.first("trainer")?).await;
    let of_first = screen.admit(&first, "1111").await.expect("the demo's password");
    screen.is(LinkState::Live).await;
    screen.call("start_session", json!({})).await.expect("none is open");
    let of_second = screen.admit(&second, "2222").await.expect("the demo's password");
    screen.is(LinkState::Live).await;
    trainer.lead_a_round().await;
    // The one who left is still there for the trainer, and is shown so to whoever comes.
    let here = |shown: &Shown| shown.studio.people.iter().any(|it| it.profile == of_first && it.trains);
    screen.sees("that the first one trains", here).await;

    screen.lock().await;
    screen.pick(&of_first, "1111").await.expect("their PIN");
    let round = |shown: &Shown| {
        let sessions = shown.view.iter().flat_map(|view| &view.documents.sessions);
        sessions.flat_map(|session| &session.rounds).any(|round| round.status == RoundStatus::Released)
    };
    screen.sees("the round that came meanwhile", round).await;
    let told = screen.told.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(told.iter().any(|(front, text)| front.as_deref() == Some(&of_first) && text.contains(&first.name)));
    for (front, text) in told.iter() {
        let foreign = [(&of_first, &first.name), (&of_second, &second.name)];
        for (profile, name) in foreign {
            let is_theirs = front.as_deref() == Some(profile.as_str());
            assert!(is_theirs || !text.contains(name.as_str()), "{name} while {front:?} was in front:\n{text}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b20_what_waits_of_somebody_is_sent_while_another_is_in_front() -> Result<(), Failure> {
    let server = Server::start()?;
    let network = Proxy::before(server.url()).await?;
    let screen = Screen::new(&network.url()).await;
    let (first, second) = athletes(&server);
    let trainer = Person::signed_in(server.url(), server.first("trainer")?).await;
    let of_second = screen.admit(&second, "2222").await.expect("the demo's password");
    let of_first = screen.admit(&first, "1111").await.expect("the demo's password");
    begin_without_a_network(&screen, &trainer, &network).await;
    screen.lock().await;
    let waits = |count| {
        let of_first = of_first.clone();
        move |shown: &Shown| shown.studio.people.iter().any(|it| it.profile == of_first && it.waiting == count)
    };
    screen.sees("that something waits", waits(1)).await;
    // Nor do staff keep it from being sent, who are refused to remove whoever it is of.
    screen.staff().await;
    assert_eq!(code(remove(&screen, &of_first, false).await), local(LocalCode::InSession));
    screen.pick(&of_second, "2222").await.expect("their PIN, and no network is needed");
    network.set(Weather::Clear);
    screen.call("try_now", json!({})).await.expect("it can always be asked");
    screen.sees("that nothing waits any longer", waits(0)).await;
    trainer.sees_round(RoundStatus::Active).await;
    assert_eq!(screen.shown().studio.in_front, Some(of_second));
    Ok(())
}

#[tokio::test]
async fn the_role_of_whoever_trains_there_does_not_matter() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    screen.admit(server.first("trainer")?, "1234").await.expect("the demo's password");
    let view = screen.is(LinkState::Live).await;
    assert!(view.me.is_some_and(|me| me.roles.contains(&Role::Trainer)));
    Ok(())
}

#[tokio::test]
async fn a_sign_in_that_was_given_up_brings_nobody_to_the_front() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (first, second) = athletes(&server);
    let of_second = screen.admit(&second, "2222").await.expect("the demo's password");
    screen.lock().await;
    let args = json!({"email": first.email, "password": first.password, "pin": "1111"});
    // They go back before the server has answered, and the next one comes.
    let (admitted, ()) = tokio::join!(screen.call("admit", args), async {
        screen.lock().await;
        screen.pick(&of_second, "2222").await.expect("their PIN");
    });
    admitted.expect("the demo's password");
    assert_eq!(screen.shown().studio.in_front, Some(of_second));
    assert_eq!(screen.names().len(), 2, "they train here all the same");
    let told = screen.told.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(told.iter().all(|(_, text)| !text.contains(&first.name)));
    Ok(())
}

#[tokio::test]
async fn a_machine_that_forgot_who_trains_there_has_forgotten_nothing_of_theirs() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    let home = screen.close();
    std::fs::remove_file(home.path().join("studio.json")).expect("it was there");
    let url = server.url().parse().expect("an address");
    become_studio_machine(&Home::new(home.path()), &url, STAFF).await.expect("a PIN");
    let screen = Screen::open(home, Arc::new(ThisMachine)).await;
    assert!(screen.names().is_empty() && screen.has_files_of(&profile));
    assert_eq!(screen.admit(&athlete, "1234").await.expect("the demo's password"), profile);
    Ok(())
}

#[tokio::test]
async fn a_pin_that_was_given_up_opens_nothing() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    screen.lock().await;
    // They go back while it is still being looked at.
    let (opened, ()) = tokio::join!(screen.call("open_staff", json!({"pin": STAFF})), screen.lock());
    opened.expect("the studio's PIN");
    assert!(!screen.machine.may_close() && !screen.shown().studio.is_staff);
    let (picked, ()) = tokio::join!(screen.pick(&profile, "4711"), screen.lock());
    picked.expect("their PIN");
    assert!(screen.shown().studio.in_front.is_none());
    Ok(())
}
