//! A studio machine: several people train in front of one screen, one after the other, and none sees what is another's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ringside_core::bridge::{
    Calls, Failure as Refused, FailureCode, LinkState, LocalCode, Message, StudioScreen, View,
};
use ringside_core::outside::{Outside, ThisMachine};
use ringside_core::{Agent, Home, Options, StudioMachine, Vault, become_studio_machine, is_studio_machine};
use serde_json::{Value, json};
use system_tests::{Account, Failure, Person, Proxy, Server, Weather, WrongClock, show};
use tempfile::TempDir;
use tokio::sync::watch;
use training::wire::Role;
use training::{PlannedExercise, RoundPlan, RoundStatus, Values};

/// How long anything may take to come by itself.
const PATIENCE: Duration = Duration::from_mins(1);
/// The studio's PIN.
const STAFF: &str = "246810";

/// What a studio machine's window shows.
#[derive(Clone, Default)]
struct Shown {
    studio: StudioScreen,
    view: Option<View>,
}

/// Everything the window was told, each with the profile that was in front at that moment.
type Told = Arc<Mutex<Vec<(Option<String>, String)>>>;

/// A studio machine and what its window shows.
struct Screen {
    machine: StudioMachine,
    shown: watch::Receiver<Shown>,
    told: Told,
    home: TempDir,
}

impl Screen {
    async fn new(server: &str) -> Self {
        Self::on(Arc::new(ThisMachine), server).await
    }

    async fn on(outside: Arc<dyn Outside>, server: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let server = server.parse().expect("an address");
        become_studio_machine(&Home::new(home.path()), &server, STAFF).await.expect("a PIN");
        Self::open(home, outside).await
    }

    async fn open(home: TempDir, outside: Arc<dyn Outside>) -> Self {
        let (tell, shown) = watch::channel(Shown::default());
        let told = Told::default();
        let heard = Arc::clone(&told);
        let tell = Arc::new(move |message: Message| {
            tell.send_modify(|shown| match message {
                Message::Studio { studio } => shown.studio = studio,
                message => {
                    let text = serde_json::to_string(&message).expect("JSON");
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push((shown.studio.in_front.clone(), text));
                    show(&mut shown.view, message);
                }
            });
        });
        let options = options(&home, outside, tell);
        let machine = StudioMachine::open(options).await.expect("a studio machine");
        let screen = Self { machine, shown, told, home };
        screen.call("view", json!({})).await.expect("a view");
        screen
    }

    /// The same machine, started again.
    async fn again(self, outside: Arc<dyn Outside>) -> Self {
        let home = self.home;
        drop(self.machine);
        Self::open(home, outside).await
    }

    async fn call(&self, name: &str, args: Value) -> Result<Value, Refused> {
        self.machine.call(json!({"name": name, "args": args})).await
    }

    async fn admit(&self, account: &Account, pin: &str) -> Result<String, Refused> {
        let args = json!({"email": account.email, "password": account.password, "pin": pin});
        self.call("admit", args).await?;
        let shown = self.sees("themselves", |shown| shown.view.as_ref().is_some_and(|view| view.me.is_some())).await;
        Ok(shown.studio.in_front.expect("somebody is in front"))
    }

    async fn pick(&self, profile: &str, pin: &str) -> Result<Value, Refused> {
        self.call("pick", json!({"profile": profile, "pin": pin})).await
    }

    async fn lock(&self) {
        self.call("lock", json!({})).await.expect("it can always be locked");
    }

    async fn staff(&self) {
        self.call("open_staff", json!({"pin": STAFF})).await.expect("the studio's PIN");
    }

    async fn sees(&self, what: &str, wanted: impl Fn(&Shown) -> bool) -> Shown {
        let mut shown = self.shown.clone();
        match tokio::time::timeout(PATIENCE, shown.wait_for(|shown| wanted(shown))).await {
            Ok(Ok(seen)) => seen.clone(),
            _ => panic!("waited for {what} in vain"),
        }
    }

    async fn is(&self, state: LinkState) -> View {
        let is_so = |shown: &Shown| shown.view.as_ref().is_some_and(|view| view.link.state == state);
        self.sees(&format!("to be {state:?}"), is_so).await.view.expect("it was just there")
    }

    fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    fn names(&self) -> Vec<String> {
        self.shown().studio.people.into_iter().map(|person| person.name).collect()
    }

    fn has_files_of(&self, profile: &str) -> bool {
        self.home.path().join("profiles").join(profile).exists()
    }
}

fn options(home: &TempDir, outside: Arc<dyn Outside>, tell: ringside_core::Tell) -> Options {
    Options {
        home: Home::new(home.path()),
        profile: "default".parse().expect("a profile's name"),
        server: None,
        app_version: "0.0.0".to_owned(),
        vault: Some(Vault::in_memory()),
        outside,
        updater: None,
        host: None,
        tell,
    }
}

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

/// A round in front of the athlete of the first session that `trainer` sees.
async fn release_a_round(trainer: &Person) {
    let view = trainer.sees("a session", |view| !view.sessions.is_empty()).await;
    let session = trainer.agent.join_session(view.sessions[0].id).await.expect("it waits");
    let planned = Values { reps: Some(8), ..Values::default() };
    let item = PlannedExercise { id: None, exercise_id: view.exercises[0].id, planned, trainer_notes: None };
    let plan = RoundPlan { is_final: false, rest_after_s: None, exercises: vec![item] };
    trainer.agent.add_round(session.id, plan, true).await.expect("no other round is out");
}

#[tokio::test]
async fn whoever_is_new_signs_in_once_and_picks_themselves_with_their_pin_from_then_on() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    assert!(screen.shown().studio.people.is_empty());
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    screen.is(LinkState::Live).await;
    screen.lock().await;
    let shown = screen.sees("nobody", |shown| shown.studio.in_front.is_none()).await;
    assert!(shown.view.expect("the house's").me.is_none());
    assert_eq!(screen.names(), [athlete.name.as_str()]);

    assert_eq!(code(screen.pick(&profile, "4712").await), local(LocalCode::WrongPin));
    assert_eq!(code(screen.pick(&profile, "471").await), local(LocalCode::NotAPin));
    assert_eq!(code(screen.pick("person-of-nobody", "4711").await), local(LocalCode::NotOnThisMachine));
    assert!(screen.shown().studio.in_front.is_none());
    screen.pick(&profile, "4711").await.expect("their PIN");
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
    assert!(refused.retry_after_s.is_some_and(|s| (28..=30).contains(&s)), "{refused:?}");
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
    release_a_round(&trainer).await;
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
    screen.is(LinkState::Live).await;
    screen.call("start_session", json!({})).await.expect("none is open");
    release_a_round(&trainer).await;
    let out = |shown: &Shown| shown.view.iter().flat_map(|view| &view.sessions).any(|it| !it.rounds.is_empty());
    let view = screen.sees("the round", out).await.view.expect("it was just there");
    network.set(Weather::Down);
    screen.is(LinkState::Offline).await;
    screen.call("start_round", json!({"round_id": view.sessions[0].rounds[0].id})).await.expect("it waits");
    screen.lock().await;
    let waits = |count| {
        let of_first = of_first.clone();
        move |shown: &Shown| shown.studio.people.iter().any(|it| it.profile == of_first && it.waiting == count)
    };
    screen.sees("that something waits", waits(1)).await;
    // Nor do staff keep it from being sent, who are refused to remove whoever it is of.
    screen.staff().await;
    let removed = screen.call("remove_person", json!({"profile": of_first})).await;
    assert_eq!(code(removed), local(LocalCode::StillWaiting));
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
    screen.is(LinkState::Live).await;
    screen.call("start_session", json!({})).await.expect("none is open");
    release_a_round(&trainer).await;
    let out = |shown: &Shown| shown.view.iter().flat_map(|view| &view.sessions).any(|it| !it.rounds.is_empty());
    let view = screen.sees("the round", out).await.view.expect("it was just there");
    network.set(Weather::Down);
    screen.is(LinkState::Offline).await;
    screen.call("start_round", json!({"round_id": view.sessions[0].rounds[0].id})).await.expect("it waits");
    screen.call("sign_out", json!({"everywhere": false})).await.expect("signed out");
    assert_eq!(screen.names(), [first.name.as_str()]);
    assert!(screen.has_files_of(&of_first));
    screen.staff().await;
    assert_eq!(code(screen.call("remove_person", json!({"profile": of_first})).await), local(LocalCode::StillWaiting));
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
        ("remove_person", json!({"profile": profile})),
        ("end_studio", json!({})),
    ] {
        assert_eq!(code(screen.call(name, args).await), local(LocalCode::StaffOnly), "{name}");
    }
    assert!(!screen.machine.may_close());
    assert_eq!(code(screen.call("open_staff", json!({"pin": "4711"})).await), local(LocalCode::WrongPin));
    screen.staff().await;
    assert!(screen.machine.may_close());
    assert!(screen.shown().studio.in_front.is_none(), "nobody's data is open while staff are at it");
    screen.call("fill_screen", json!({"on": false})).await.expect("staff");
    assert!(!screen.shown().studio.fills_screen);
    screen.call("remove_person", json!({"profile": profile})).await.expect("nothing waits");
    assert!(screen.names().is_empty() && !screen.has_files_of(&profile));
    screen.lock().await;
    assert!(!screen.machine.may_close());
    screen.staff().await;
    screen.call("end_studio", json!({})).await.expect("staff");
    assert!(!is_studio_machine(&Home::new(screen.home.path())));
    Ok(())
}

#[tokio::test]
async fn what_is_somebody_s_is_not_opened_by_naming_their_profile() -> Result<(), Failure> {
    let server = Server::start()?;
    let screen = Screen::new(server.url()).await;
    let (athlete, _) = athletes(&server);
    let profile = screen.admit(&athlete, "4711").await.expect("the demo's password");
    let Screen { machine, home, .. } = screen;
    drop(machine);
    let named = Options {
        profile: profile.parse().expect("a profile's name"),
        ..options(&home, Arc::new(ThisMachine), Arc::new(|_| {}))
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
    let opened = StudioMachine::open(options(&home, Arc::new(ThisMachine), Arc::new(|_| {}))).await;
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
