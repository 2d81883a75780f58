//! Signing out and being removed, and what happens to the data of the member.

use std::sync::PoisonError;

use ringside_core::bridge::{LinkState, LocalCode, View};
use serde_json::json;
use system_tests::{Failure, KioskState, NetworkCondition};
use training::{RoundStatus, SessionStatus};

use crate::{Fixture, SECOND_PIN, code, local};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_removes_a_member_unless_they_have_unsent_changes() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { kiosk, network, first, .. } = &fixture;
    let trainer = fixture.trainer().await?;
    let of_second = fixture.admit_second().await;
    kiosk.is(LinkState::Live).await;
    assert!(kiosk.has_files_of(&of_second));
    kiosk.call("sign_out", json!({"everywhere": false})).await.expect("signed out");
    assert!(kiosk.names().is_empty() && !kiosk.has_files_of(&of_second));
    assert_eq!(code(kiosk.pick(&of_second, SECOND_PIN).await), local(LocalCode::NotOnThisMachine));

    let of_first = fixture.admit_first().await;
    fixture.begin_round_offline(&trainer).await;
    kiosk.call("sign_out", json!({"everywhere": false})).await.expect("signed out");
    assert_eq!(kiosk.names(), [first.name.as_str()]);
    assert!(kiosk.has_files_of(&of_first));
    assert!(fixture.is_marked_unsynced(), "the next start looks after it");
    kiosk.open_staff().await;
    let is_shown =
        |state: &KioskState| state.kiosk.members.iter().any(|it| it.profile == of_first && it.may_have_unsynced);
    assert!(is_shown(&kiosk.state()), "staff see it although they are signed out");
    assert_eq!(code(fixture.remove(&of_first, false).await), local(LocalCode::StillWaiting));
    let ended = kiosk.call("end_kiosk", json!({"confirmed": false})).await;
    assert_eq!(code(ended), local(LocalCode::StillWaiting));
    kiosk.lock().await;

    network.set(NetworkCondition::Normal);
    fixture.admit_first().await;
    trainer.sees_round(RoundStatus::Active).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_neither_blocks_the_next_member_nor_shows_them_its_outcome() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { kiosk, network, second, .. } = &fixture;
    let of_second = fixture.admit_second().await;
    kiosk.lock().await;
    let of_first = fixture.admit_first().await;
    kiosk.is(LinkState::Live).await;
    // The sign-out waits for the server until its time-out.
    network.set(NetworkCondition::Frozen);
    let next = async {
        kiosk.sees("the lobby", |state| state.kiosk.foreground.is_none()).await;
        kiosk.pick(&of_second, SECOND_PIN).await.expect("the right PIN");
        assert_eq!(kiosk.state().kiosk.foreground.as_deref(), Some(of_second.as_str()));
    };
    let (signed_out, ()) = tokio::join!(kiosk.call("sign_out", json!({"everywhere": false})), next);
    signed_out.expect("signing out works without the server");
    assert_eq!(kiosk.state().kiosk.foreground, Some(of_second));
    assert_eq!(kiosk.names(), [second.name.as_str()]);
    assert!(!kiosk.has_files_of(&of_first));
    let messages = kiosk.messages.lock().unwrap_or_else(PoisonError::into_inner);
    let of_theirs = messages.iter().filter(|(foreground, _)| foreground.as_deref() == Some(&of_first));
    assert!(
        of_theirs.into_iter().all(|(_, text)| !text.contains("\"signed_out\":\"by")),
        "the outcome of the sign-out is not shown"
    );
    Ok(())
}

#[tokio::test]
async fn signing_out_everywhere_waits_for_the_server_and_then_removes_the_member() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { kiosk, network, .. } = &fixture;
    let profile = fixture.admit_first().await;
    kiosk.is(LinkState::Live).await;
    network.set(NetworkCondition::Down);
    kiosk.call("sign_out", json!({"everywhere": true})).await.expect_err("the server cannot be reached");
    assert_eq!(kiosk.state().kiosk.foreground.as_deref(), Some(profile.as_str()));
    network.set(NetworkCondition::Normal);
    kiosk.call("sign_out", json!({"everywhere": true})).await.expect("the server can be reached");
    assert!(kiosk.names().is_empty() && !kiosk.has_files_of(&profile));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_a_member_in_an_active_session_cancels_it() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let kiosk = &fixture.kiosk;
    let trainer = fixture.trainer().await?;
    let profile = fixture.admit_first().await;
    kiosk.is(LinkState::Live).await;
    kiosk.call("start_session", json!({})).await.expect("none is open");
    trainer.lead_a_round().await;
    let is_training = |state: &KioskState| state.kiosk.members.iter().any(|member| member.is_training);
    kiosk.sees("that they train", is_training).await;
    kiosk.open_staff().await;
    assert_eq!(code(fixture.remove(&profile, false).await), local(LocalCode::InSession));
    assert_eq!(code(kiosk.call("end_kiosk", json!({"confirmed": false})).await), local(LocalCode::InSession));
    fixture.remove(&profile, true).await.expect("confirmed");
    assert!(kiosk.names().is_empty() && !kiosk.has_files_of(&profile));
    let cancelled =
        |view: &View| view.documents.sessions.iter().all(|session| session.status == SessionStatus::Cancelled);
    trainer.sees("the cancelled session", cancelled).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_can_remove_a_member_with_unsent_changes_after_confirmation() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let kiosk = &fixture.kiosk;
    let trainer = fixture.trainer().await?;
    let profile = fixture.admit_first().await;
    fixture.begin_round_offline(&trainer).await;
    kiosk.call("sign_out", json!({"everywhere": false})).await.expect("signed out");
    kiosk.open_staff().await;
    assert_eq!(code(fixture.remove(&profile, false).await), local(LocalCode::StillWaiting));
    fixture.remove(&profile, true).await.expect("confirmed");
    assert!(kiosk.names().is_empty() && !kiosk.has_files_of(&profile));
    Ok(())
}

#[tokio::test]
async fn an_answer_that_arrives_after_a_switch_is_dropped() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let kiosk = &fixture.kiosk;
    fixture.admit_first().await;
    kiosk.is(LinkState::Live).await;
    let change = kiosk.call("change_me", json!({"name": null, "locale": "en"}));
    let (answered, ()) = tokio::join!(change, kiosk.lock());
    assert_eq!(code(answered), local(LocalCode::NotSignedIn));
    Ok(())
}
