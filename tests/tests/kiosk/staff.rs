//! What only staff may do on a kiosk, and that there is no way around them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use ringside_core::ThisMachine;
use ringside_core::bridge::{AccountCalls, FailureCode, HostCalls, LocalCode, Message};
use ringside_core::{Agent, Home, Kiosk, Options, become_kiosk, is_kiosk};
use serde_json::json;
use system_tests::{Failure, HostMock, KioskState, STUDIO_PIN, Server, TestKiosk, core_options};
use training::ProblemCode;

use crate::{FIRST_PIN, Fixture, code, first_two_athletes, local};

#[tokio::test]
async fn only_staff_can_leave_the_kiosk_and_remove_members() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let kiosk = &fixture.kiosk;
    let profile = fixture.admit_first().await;
    for (name, args) in [
        ("close_window", json!({})),
        ("start_with_system", json!({"on": true})),
        ("fill_screen", json!({"on": false})),
        ("remove_member", json!({"profile": profile, "confirmed": true})),
        ("end_kiosk", json!({"confirmed": true})),
        ("choose_server", json!({"url": "https://ringside.example"})),
    ] {
        assert_eq!(code(kiosk.call(name, args).await), local(LocalCode::StaffOnly), "{name}");
    }
    assert!(!kiosk.core.may_close());
    assert_eq!(code(kiosk.call("open_staff", json!({"pin": FIRST_PIN})).await), local(LocalCode::WrongPin));
    kiosk.open_staff().await;
    assert!(kiosk.core.may_close());
    assert!(kiosk.state().kiosk.foreground.is_none(), "no member's data is open on the staff page");
    fixture.remove(&profile, false).await.expect("nothing is unsynced");
    assert!(kiosk.names().is_empty() && !kiosk.has_files_of(&profile));
    kiosk.lock().await;
    assert!(!kiosk.core.may_close());
    kiosk.open_staff().await;
    kiosk.call("end_kiosk", json!({"confirmed": false})).await.expect("staff");
    assert!(!is_kiosk(&kiosk.home()));
    assert_eq!(*kiosk.host.restarts.borrow(), 1, "restarted as an ordinary window");
    Ok(())
}

#[tokio::test]
async fn the_profile_of_a_member_cannot_be_opened_by_name() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let profile = fixture.admit_first().await;
    let home = fixture.kiosk.close();
    let named = Options {
        profile: profile.parse().expect("a profile's name"),
        ..core_options(&home, Arc::new(ThisMachine::default()), Arc::new(|_| {}))
    };
    assert_eq!(code(Agent::open(named).await.map(drop)), local(LocalCode::OnKiosk));
    Ok(())
}

#[tokio::test]
async fn only_a_trainer_or_an_admin_makes_a_machine_a_kiosk() -> Result<(), Failure> {
    let server = Server::start()?;
    let home = tempfile::tempdir().expect("a temporary directory");
    let host = Arc::new(HostMock::default());
    let is_offered = Arc::new(AtomicBool::new(false));
    let offered = is_offered.clone();
    let emit = Arc::new(move |message| {
        if let Message::View { view } = message {
            offered.store(view.account.may_set_up_kiosk, Relaxed);
        }
    });
    let options = core_options(&home, Arc::new(ThisMachine::default()), emit);
    let url = Some(server.url().parse().expect("an address"));
    let agent = Agent::open(Options { server: url, host: Some(host.clone()), ..options }).await.expect("a new profile");
    let refused = FailureCode::Server(ProblemCode::RoleForbidden);
    assert_eq!(code(agent.become_kiosk(STUDIO_PIN.to_owned()).await), refused);
    for (role, is_staff) in [("athlete", false), ("trainer", true)] {
        let account = server.first(role)?.clone();
        agent.sign_in(account.email, account.password).await.expect("the demo password");
        assert_eq!(is_offered.load(Relaxed), is_staff, "{role}");
        let became = agent.become_kiosk(STUDIO_PIN.to_owned()).await;
        assert_eq!(became.is_ok(), is_staff, "{role}: {became:?}");
        assert_eq!(is_kiosk(&Home::new(home.path())), is_staff);
        if !is_staff {
            assert_eq!(code(became), refused);
            agent.sign_out(false).await.expect("nothing waits");
        }
    }
    assert_eq!(*host.restarts.borrow(), 1);
    Ok(())
}

#[tokio::test]
async fn a_damaged_roster_still_opens_as_a_kiosk_and_is_reported() -> Result<(), Failure> {
    let home = tempfile::tempdir().expect("a temporary directory");
    let server = "http://127.0.0.1:1".parse().expect("an address");
    assert_eq!(code(become_kiosk(&Home::new(home.path()), &server, "12").await), local(LocalCode::NotAPin));
    assert!(!is_kiosk(&Home::new(home.path())));
    become_kiosk(&Home::new(home.path()), &server, STUDIO_PIN).await.expect("a PIN");
    std::fs::write(home.path().join("studio.json"), "{").expect("writable");
    assert!(is_kiosk(&Home::new(home.path())));
    let opened = Kiosk::open(core_options(&home, Arc::new(ThisMachine::default()), Arc::new(|_| {}))).await;
    assert_eq!(code(opened), local(LocalCode::BadConfig));
    Ok(())
}

#[tokio::test]
async fn full_screen_is_restored_when_staff_leave_their_page() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let kiosk = &fixture.kiosk;
    let fills = |on: bool| move |state: &KioskState| state.kiosk.fills_screen == on;
    kiosk.sees("full screen", fills(true)).await;
    kiosk.open_staff().await;
    kiosk.call("fill_screen", json!({"on": false})).await.expect("staff");
    kiosk.sees("a window", fills(false)).await;
    assert!(!*kiosk.host.fills_screen.borrow());
    kiosk.lock().await;
    kiosk.sees("full screen", fills(true)).await;
    assert!(*kiosk.host.fills_screen.borrow());
    Ok(())
}

#[tokio::test]
async fn staff_can_choose_another_server_only_while_there_are_no_members() -> Result<(), Failure> {
    let (server, other) = (Server::start()?, Server::start()?);
    let kiosk = TestKiosk::new(other.url()).await;
    let (athlete, _) = first_two_athletes(&server);
    kiosk.open_staff().await;
    kiosk.call("choose_server", json!({"url": server.url()})).await.expect("there are no members yet");
    kiosk.lock().await;
    kiosk.admit(&athlete, FIRST_PIN).await.expect("the demo password, on the chosen server");
    kiosk.open_staff().await;
    kiosk.call("choose_server", json!({"url": other.url()})).await.expect_err("there is a member");
    Ok(())
}
