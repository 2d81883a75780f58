//! What only staff may do there, and the ways around them that there are not.

use std::sync::Arc;

use ringside_core::bridge::LocalCode;
use ringside_core::environment::ThisMachine;
use ringside_core::{Agent, Home, Options, StudioMachine, become_studio_machine, is_studio_machine};
use serde_json::json;
use system_tests::{Failure, STAFF, Screen, Server, Shown, studio_options};

use crate::{athletes, code, local, remove};

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
