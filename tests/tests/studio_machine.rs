//! A studio machine: several people train in front of one screen, one after the other, and none sees what is another's.

use std::sync::{Arc, PoisonError};

use ringside_core::bridge::{Failure as Refused, FailureCode, LinkState, LocalCode, View};
use ringside_core::outside::ThisMachine;
use ringside_core::{Agent, Home, Options, StudioMachine, become_studio_machine, is_studio_machine};
use serde_json::{Value, json};
use system_tests::{
    Account, Failure, Person, Proxy, STAFF, Screen, Server, Shown, Weather, WrongClock, studio_options,
};
use training::wire::Role;
use training::{RoundStatus, SessionStatus};

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
    let out = |shown: &Shown| shown.view.iter().flat_map(|view| &view.sessions).any(|it| !it.rounds.is_empty());
    let view = screen.sees("the round", out).await.view.expect("it was just there");
    network.set(Weather::Down);
    screen.is(LinkState::Offline).await;
    screen.call("start_round", json!({"round_id": view.sessions[0].rounds[0].id})).await.expect("it waits");
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
        let sessions = shown.view.iter().flat_map(|view| &view.sessions);
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

#[tokio::test]
async fn only_staff_get_out_of_it_and_take_people_off_it() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    for (name, args) in [
        ("close_window", json!({})),
        ("start_with_system", json!({"on": true})),
        ("fill_screen", json!({"on": false})),
        ("remove_person", json!({"profile": profile, "confirmed": true})),
        ("end_studio", json!({"confirmed": true})),
        ("choose_server", json!({"url": "https://ringside.example"})),
    ] {
        assert_eq!(code(screen.call(name, args).await), local(LocalCode::StaffOnly), "{name}");
    }
    assert!(!screen.machine.may_close());
    assert_eq!(code(screen.call("open_staff", json!({"pin": "4711"})).await), local(LocalCode::WrongPin));
    screen.staff().await;
    assert!(screen.machine.may_close());
    assert!(screen.shown().studio.in_front.is_none(), "nobody's data is open while staff are at it");
    remove(&screen, &profile, false).await.expect("nothing waits");
    assert!(screen.names().is_empty() && !screen.has_files_of(&profile));
    screen.lock().await;
    assert!(!screen.machine.may_close());
    screen.staff().await;
    screen.call("end_studio", json!({"confirmed": false})).await.expect("staff");
    assert!(!is_studio_machine(&screen.home()));
    assert_eq!(*screen.host.restarts.borrow(), 1, "as an ordinary window");
    Ok(())
}

#[tokio::test]
async fn what_is_somebody_s_is_not_opened_by_naming_their_profile() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    let home = screen.close();
    let named = Options {
        profile: profile.parse().expect("a profile's name"),
        ..studio_options(&home, Arc::new(ThisMachine), Arc::new(|_| {}))
    };
    assert_eq!(code(Agent::open(named).await.map(drop)), local(LocalCode::OnStudioMachine));
    Ok(())
}

#[tokio::test]
async fn a_spoilt_roster_is_no_way_out_and_is_said() -> Result<(), Failure> {
    let home = tempfile::tempdir().expect("a temporary directory");
    let server = "http://127.0.0.1:1".parse().expect("an address");
    assert_eq!(code(become_studio_machine(&Home::new(home.path()), &server, "12").await), local(LocalCode::NotAPin));
    assert!(!is_studio_machine(&Home::new(home.path())));
    become_studio_machine(&Home::new(home.path()), &server, STAFF).await.expect("a PIN");
    std::fs::write(home.path().join("studio.json"), "{").expect("writable");
    assert!(is_studio_machine(&Home::new(home.path())));
    let opened = StudioMachine::open(studio_options(&home, Arc::new(ThisMachine), Arc::new(|_| {}))).await;
    assert_eq!(code(opened), local(LocalCode::BadConfig));
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
    let cancelled = |view: &View| view.sessions.iter().all(|session| session.status == SessionStatus::Cancelled);
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
async fn the_window_fills_the_screen_again_when_staff_have_gone() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let fills = |on: bool| move |shown: &Shown| shown.studio.fills_screen == on;
    screen.sees("the whole screen", fills(true)).await;
    screen.staff().await;
    screen.call("fill_screen", json!({"on": false})).await.expect("staff");
    screen.sees("a window", fills(false)).await;
    assert!(!*screen.host.fills_screen.borrow());
    screen.lock().await;
    screen.sees("the whole screen", fills(true)).await;
    assert!(*screen.host.fills_screen.borrow());
    Ok(())
}

#[tokio::test]
async fn staff_point_the_machine_to_another_server_while_nobody_trains_there() -> Result<(), Failure> {
    let (server, other) = (Server::start()?, Server::start()?);
    let screen = Screen::new(other.url()).await;
    let (athlete, _) = athletes(&server);
    screen.staff().await;
    screen.call("choose_server", json!({"url": server.url()})).await.expect("nobody trains there yet");
    screen.lock().await;
    screen.admit(&athlete, "4711").await.expect("the demo's password, on the server that knows it");
    screen.staff().await;
    screen.call("choose_server", json!({"url": other.url()})).await.expect_err("somebody trains there");
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
