//! The kiosk: several people train in front of one screen, and none of them sees another's data.

mod sign_out;
mod staff;

use std::sync::{Arc, PoisonError};

use ringside_core::ThisMachine;
use ringside_core::bridge::{AccountCalls, Failure as Refused, FailureCode, LinkState, LocalCode};
use ringside_core::environment::Environment;
use ringside_core::{Home, become_kiosk};
use serde_json::{Value, json};
use system_tests::{
    Account, Failure, KioskState, NetworkCondition, Person, Proxy, STUDIO_PIN, Server, TestKiosk, WrongClock,
};
use training::RoundStatus;
use training::wire::Role;

/// The PIN of the first athlete.
const FIRST_PIN: &str = "4711";
/// The PIN of the second athlete.
const SECOND_PIN: &str = "2222";

/// A kiosk without members, connected to a server through a network that can fail.
struct Fixture {
    server: Server,
    network: Proxy,
    kiosk: TestKiosk,
    first: Account,
    second: Account,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        Self::on(Arc::new(ThisMachine::default())).await
    }

    async fn on(environment: Arc<dyn Environment>) -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::in_front_of(server.url()).await?;
        let kiosk = TestKiosk::on(environment, &network.url()).await;
        let (first, second) = first_two_athletes(&server);
        Ok(Self { server, network, kiosk, first, second })
    }

    /// Admits the first athlete; returns their profile.
    async fn admit_first(&self) -> String {
        self.kiosk.admit(&self.first, FIRST_PIN).await.expect("the demo password")
    }

    /// Admits the second athlete; returns their profile.
    async fn admit_second(&self) -> String {
        self.kiosk.admit(&self.second, SECOND_PIN).await.expect("the demo password")
    }

    /// The trainer of the first athlete, signed in on their own machine.
    async fn trainer(&self) -> Result<Person, Failure> {
        Ok(Person::signed_in(self.server.url(), self.server.first("trainer")?).await)
    }

    /// The member in the foreground starts a session and receives a round, then begins it while the network is down.
    async fn begin_round_offline(&self, trainer: &Person) {
        let Self { kiosk, network, .. } = self;
        kiosk.is(LinkState::Live).await;
        kiosk.call("start_session", json!({})).await.expect("none is open");
        trainer.lead_a_round().await;
        let has_round = |state: &KioskState| {
            state.view.iter().flat_map(|view| &view.documents.sessions).any(|it| !it.rounds.is_empty())
        };
        let view = kiosk.sees("the round", has_round).await.view.expect("a view");
        network.set(NetworkCondition::Down);
        kiosk.is(LinkState::Offline).await;
        kiosk.call("start_round", json!({"round_id": view.documents.sessions[0].rounds[0].id})).await.expect("queued");
    }

    /// Staff remove the member with `profile`.
    async fn remove(&self, profile: &str, confirmed: bool) -> Result<Value, Refused> {
        self.kiosk.call("remove_member", json!({"profile": profile, "confirmed": confirmed})).await
    }

    /// Whether the stored roster says that a member may have unsynced data.
    fn is_marked_unsynced(&self) -> bool {
        let roster = std::fs::read_to_string(self.kiosk.home().path().join("studio.json")).expect("there is a roster");
        roster.contains("\"may_wait\": true")
    }
}

fn first_two_athletes(server: &Server) -> (Account, Account) {
    let mut athletes = server.accounts().iter().filter(|account| account.roles.iter().any(|role| role == "athlete"));
    let mut next = || athletes.next().expect("an athlete").clone();
    (next(), next())
}

fn code(refused: Result<impl Sized, Refused>) -> FailureCode {
    refused.err().expect("a failure").code
}

const fn local(code: LocalCode) -> FailureCode {
    FailureCode::Local(code)
}

#[tokio::test]
async fn a_new_member_signs_in_once_and_then_picks_themselves_with_their_pin() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { kiosk, first: athlete, .. } = &fixture;
    assert!(kiosk.state().kiosk.members.is_empty());
    let profile = fixture.admit_first().await;
    kiosk.is(LinkState::Live).await;
    assert!(fixture.is_marked_unsynced(), "after a power failure, the next start looks after their data");
    kiosk.lock().await;
    let state = kiosk.sees("the lobby", |state| state.kiosk.foreground.is_none()).await;
    assert!(state.view.expect("the lobby's view").account.me.is_none());
    assert_eq!(kiosk.names(), [athlete.name.as_str()]);

    assert_eq!(code(kiosk.pick(&profile, "4712").await), local(LocalCode::WrongPin));
    assert_eq!(code(kiosk.pick(&profile, "471").await), local(LocalCode::NotAPin));
    assert_eq!(code(kiosk.pick("person-unknown", FIRST_PIN).await), local(LocalCode::NotOnThisMachine));
    assert!(kiosk.state().kiosk.foreground.is_none());
    kiosk.pick(&profile, FIRST_PIN).await.expect("the right PIN");
    assert!(fixture.is_marked_unsynced());
    let state =
        kiosk.sees("their account", |state| state.view.as_ref().is_some_and(|view| view.account.me.is_some())).await;
    assert_eq!(state.view.and_then(|view| view.account.me).map(|me| me.name), Some(athlete.name.clone()));
    Ok(())
}

#[tokio::test]
async fn a_member_who_is_renamed_is_listed_by_their_new_name_also_after_a_restart() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let kiosk = &fixture.kiosk;
    fixture.admit_first().await;
    kiosk.is(LinkState::Live).await;
    let elsewhere = Person::signed_in(fixture.server.url(), &fixture.first).await;
    elsewhere.agent.change_me(Some("Mara Neu".to_owned()), None, None).await.expect("it is online");
    kiosk.sees("the new name", |state| state.kiosk.members.iter().any(|member| member.name == "Mara Neu")).await;
    let roster = std::fs::read_to_string(kiosk.home().path().join("studio.json")).expect("there is a roster");
    assert!(roster.contains("Mara Neu"), "{roster}");
    Ok(())
}

#[tokio::test]
async fn the_third_wrong_pin_locks_entry_also_for_the_right_pin_and_after_a_restart() -> Result<(), Failure> {
    let clock = WrongClock::ahead_by(0);
    let fixture = Fixture::on(clock.clone()).await?;
    let kiosk = &fixture.kiosk;
    let profile = fixture.admit_first().await;
    kiosk.lock().await;
    for pin in ["0000", "1111"] {
        let refused = kiosk.pick(&profile, pin).await.expect_err("a wrong PIN");
        assert_eq!((refused.code, refused.retry_after_s), (local(LocalCode::WrongPin), None));
    }
    let refused = kiosk.pick(&profile, "2222").await.expect_err("a wrong PIN");
    assert!(refused.retry_after_s.is_some_and(|s| (1..=30).contains(&s)), "{refused:?}");
    let refused = kiosk.pick(&profile, FIRST_PIN).await.expect_err("entry is locked");
    assert_eq!(refused.code, local(LocalCode::TooManyPins));

    let kiosk = fixture.kiosk.restart(clock.clone()).await;
    assert_eq!(code(kiosk.pick(&profile, FIRST_PIN).await), local(LocalCode::TooManyPins));
    // An attempt while entry is locked does not count.
    clock.set_ahead_by(31_000);
    kiosk.pick(&profile, FIRST_PIN).await.expect("the lock has expired");
    Ok(())
}

#[tokio::test]
async fn a_member_who_forgot_their_pin_sets_a_new_one_with_their_password() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { kiosk, first: athlete, .. } = &fixture;
    let profile = fixture.admit_first().await;
    kiosk.lock().await;
    let wrong = Account { password: "not it at all".to_owned(), ..athlete.clone() };
    assert_eq!(code(kiosk.admit(&wrong, "1234").await), FailureCode::Server(training::ProblemCode::WrongCredentials));
    assert_eq!(code(kiosk.admit(athlete, "12345").await), local(LocalCode::NotAPin));
    assert_eq!(kiosk.admit(athlete, "1234").await.expect("the demo password"), profile);
    kiosk.lock().await;
    assert_eq!(kiosk.names(), [athlete.name.as_str()]);
    assert_eq!(code(kiosk.pick(&profile, FIRST_PIN).await), local(LocalCode::WrongPin));
    kiosk.pick(&profile, "1234").await.expect("the new PIN");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_background_agents_do_not_reach_the_window() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { kiosk, first, second, .. } = &fixture;
    let trainer = fixture.trainer().await?;
    let of_first = fixture.admit_first().await;
    kiosk.is(LinkState::Live).await;
    kiosk.call("start_session", json!({})).await.expect("none is open");
    let of_second = fixture.admit_second().await;
    kiosk.is(LinkState::Live).await;
    trainer.lead_a_round().await;
    // The first member's session goes on, and the member list says so.
    let is_training =
        |state: &KioskState| state.kiosk.members.iter().any(|it| it.profile == of_first && it.is_training);
    kiosk.sees("that the first member trains", is_training).await;

    kiosk.lock().await;
    kiosk.pick(&of_first, FIRST_PIN).await.expect("the right PIN");
    let round = |state: &KioskState| {
        let sessions = state.view.iter().flat_map(|view| &view.documents.sessions);
        sessions.flat_map(|session| &session.rounds).any(|round| round.status == RoundStatus::Released)
    };
    kiosk.sees("the round released in the background", round).await;
    let messages = kiosk.messages.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(
        messages
            .iter()
            .any(|(foreground, text)| foreground.as_deref() == Some(&of_first) && text.contains(&first.name))
    );
    for (foreground, text) in messages.iter() {
        let members = [(&of_first, &first.name), (&of_second, &second.name)];
        for (profile, name) in members {
            let is_theirs = foreground.as_deref() == Some(profile.as_str());
            assert!(is_theirs || !text.contains(name.as_str()), "{name} reached the window of {foreground:?}:\n{text}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b20_unsent_changes_are_sent_while_another_member_is_in_the_foreground() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { kiosk, network, .. } = &fixture;
    let trainer = fixture.trainer().await?;
    let of_second = fixture.admit_second().await;
    let of_first = fixture.admit_first().await;
    fixture.begin_round_offline(&trainer).await;
    kiosk.lock().await;
    let waiting = |count| {
        let of_first = of_first.clone();
        move |state: &KioskState| state.kiosk.members.iter().any(|it| it.profile == of_first && it.waiting == count)
    };
    kiosk.sees("one unsent change", waiting(1)).await;
    // A refused removal does not keep the change from being sent either.
    kiosk.open_staff().await;
    assert_eq!(code(fixture.remove(&of_first, false).await), local(LocalCode::InSession));
    kiosk.pick(&of_second, SECOND_PIN).await.expect("the right PIN, checked without a network");
    network.set(NetworkCondition::Normal);
    kiosk.call("try_now", json!({})).await.expect("it never fails");
    kiosk.sees("no unsent change", waiting(0)).await;
    trainer.sees_round(RoundStatus::Active).await;
    assert_eq!(kiosk.state().kiosk.foreground, Some(of_second));
    Ok(())
}

#[tokio::test]
async fn a_trainer_can_be_a_member_too() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { kiosk, server, .. } = &fixture;
    kiosk.admit(server.first("trainer")?, "1234").await.expect("the demo password");
    let view = kiosk.is(LinkState::Live).await;
    assert!(view.account.me.is_some_and(|me| me.roles.contains(&Role::Trainer)));
    Ok(())
}

#[tokio::test]
async fn an_abandoned_sign_in_does_not_change_the_foreground() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { kiosk, first, .. } = &fixture;
    let of_second = fixture.admit_second().await;
    kiosk.lock().await;
    let args = json!({"email": first.email, "password": first.password, "pin": FIRST_PIN});
    // They go back before the server has answered, and the next member comes.
    let (admitted, ()) = tokio::join!(kiosk.call("admit", args), async {
        kiosk.lock().await;
        kiosk.pick(&of_second, SECOND_PIN).await.expect("the right PIN");
    });
    admitted.expect("the demo password");
    assert_eq!(kiosk.state().kiosk.foreground, Some(of_second));
    assert_eq!(kiosk.names().len(), 2, "they are a member nevertheless");
    let messages = kiosk.messages.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(messages.iter().all(|(_, text)| !text.contains(&first.name)));
    Ok(())
}

#[tokio::test]
async fn nobody_has_a_file_on_a_kiosk() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture.admit_first().await;
    let somebody = "01890000-0000-7000-8000-000000000000";
    for (name, args) in [
        ("stage_import", json!({"size_bytes": 10})),
        ("list_imports", json!({"athlete_id": somebody})),
        ("take_back_import", json!({"athlete_id": somebody, "import_id": somebody})),
        ("export_person", json!({"user_id": somebody})),
    ] {
        let refused = fixture.kiosk.call(name, args).await.expect_err("it is the next person's kiosk as well");
        assert_eq!(refused.code, FailureCode::Local(LocalCode::Internal), "{name}");
        assert_eq!(refused.detail.as_deref(), Some("not available on a kiosk"), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_lost_roster_does_not_lose_the_data_of_a_member() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let profile = fixture.admit_first().await;
    let home = fixture.kiosk.close();
    std::fs::remove_file(home.path().join("studio.json")).expect("there is a roster");
    let url = fixture.server.url().parse().expect("an address");
    become_kiosk(&Home::new(home.path()), &url, STUDIO_PIN).await.expect("a PIN");
    let kiosk = TestKiosk::open(home, Arc::new(ThisMachine::default())).await;
    assert!(kiosk.names().is_empty() && kiosk.has_files_of(&profile));
    assert_eq!(kiosk.admit(&fixture.first, "1234").await.expect("the demo password"), profile);
    Ok(())
}

#[tokio::test]
async fn an_abandoned_pin_entry_opens_nothing() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let kiosk = &fixture.kiosk;
    let profile = fixture.admit_first().await;
    kiosk.lock().await;
    // They go back while the PIN is still being verified.
    let (opened, ()) = tokio::join!(kiosk.call("open_staff", json!({"pin": STUDIO_PIN})), kiosk.lock());
    opened.expect("the studio's PIN");
    assert!(!kiosk.core.may_close() && !kiosk.state().kiosk.is_staff);
    let (picked, ()) = tokio::join!(kiosk.pick(&profile, FIRST_PIN), kiosk.lock());
    picked.expect("the right PIN");
    assert!(kiosk.state().kiosk.foreground.is_none());
    Ok(())
}
