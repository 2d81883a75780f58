//! A studio machine without its window: what the core tells, and what is asked of it.

use std::sync::{Arc, Mutex, PoisonError};

use ringside_core::bridge::{Failure as Refused, LinkState, Message, StudioScreen, View};
use ringside_core::environment::{Environment, ThisMachine};
use ringside_core::{Emit, Home, Options, Profile, StudioMachine, Vault, become_studio_machine};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::deadline::IN_TIME;
use crate::host_mock::HostMock;
use crate::screen::show;
use crate::server::Account;

/// The studio's PIN.
pub const STAFF: &str = "246810";

/// What a studio machine's window shows.
#[derive(Clone, Default)]
pub struct Shown {
    /// The machine.
    pub studio: StudioScreen,
    /// Whoever is in front, or the house.
    pub view: Option<View>,
}

/// Everything the window was told, each with the profile that was in front at that moment.
pub type Told = Arc<Mutex<Vec<(Option<String>, String)>>>;

/// A studio machine and what its window shows.
pub struct Screen {
    /// The machine at work.
    pub machine: StudioMachine,
    /// What the window was told.
    pub told: Told,
    /// The desktop around it.
    pub host: Arc<HostMock>,
    shown: watch::Receiver<Shown>,
    home: TempDir,
}

impl Screen {
    /// A machine that was just set up for `server`.
    ///
    /// # Panics
    /// When it can't be opened.
    pub async fn new(server: &str) -> Self {
        Self::on(Arc::new(ThisMachine), server).await
    }

    /// The same on another kind of machine.
    ///
    /// # Panics
    /// When it can't be opened.
    pub async fn on(environment: Arc<dyn Environment>, server: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let server = server.parse().expect("an address");
        become_studio_machine(&Home::new(home.path()), &server, STAFF).await.expect("a PIN");
        Self::open(home, environment).await
    }

    /// A machine with the disk of another.
    ///
    /// # Panics
    /// When it can't be opened.
    pub async fn open(home: TempDir, environment: Arc<dyn Environment>) -> Self {
        let (sender, shown) = watch::channel(Shown::default());
        let told = Told::default();
        let heard = Arc::clone(&told);
        let emit = Arc::new(move |message: Message| {
            sender.send_modify(|shown| match message {
                Message::Studio { studio } => shown.studio = studio,
                message => {
                    let text = serde_json::to_string(&message).expect("JSON");
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push((shown.studio.in_front.clone(), text));
                    show(&mut shown.view, message);
                }
            });
        });
        let host = Arc::new(HostMock::default());
        let options = Options { host: Some(Arc::clone(&host) as _), ..options(&home, environment, emit) };
        let machine = StudioMachine::open(options).await.expect("a studio machine");
        let screen = Self { machine, told, host, shown, home };
        screen.call("view", json!({})).await.expect("a view");
        screen
    }

    /// The same machine, started again.
    ///
    /// # Panics
    /// When it can't be opened.
    pub async fn again(self, environment: Arc<dyn Environment>) -> Self {
        let home = self.home;
        drop(self.machine);
        Self::open(home, environment).await
    }

    /// Calls as the window does.
    ///
    /// # Errors
    /// What the machine refuses it with.
    pub async fn call(&self, name: &str, args: Value) -> Result<Value, Refused> {
        self.machine.call(json!({"name": name, "args": args})).await
    }

    /// Signs somebody in with a PIN; answers their profile once they are in front.
    ///
    /// # Panics
    /// When they do not come to the front.
    ///
    /// # Errors
    /// What the machine refuses it with.
    pub async fn admit(&self, account: &Account, pin: &str) -> Result<String, Refused> {
        let args = json!({"email": account.email, "password": account.password, "pin": pin});
        self.call("admit", args).await?;
        let shown = self.sees("themselves", |shown| shown.view.as_ref().is_some_and(|view| view.me.is_some())).await;
        Ok(shown.studio.in_front.expect("somebody is in front"))
    }

    /// Somebody picks themselves.
    ///
    /// # Errors
    /// What the machine refuses it with.
    pub async fn pick(&self, profile: &str, pin: &str) -> Result<Value, Refused> {
        self.call("pick", json!({"profile": profile, "pin": pin})).await
    }

    /// Whoever is in front is done.
    ///
    /// # Panics
    /// When it can't be locked.
    pub async fn lock(&self) {
        self.call("lock", json!({})).await.expect("it can always be locked");
    }

    /// Staff open the way out.
    ///
    /// # Panics
    /// When the PIN is not taken.
    pub async fn staff(&self) {
        self.call("open_staff", json!({"pin": STAFF})).await.expect("the studio's PIN");
    }

    /// Waits until what is shown is as `wanted`.
    ///
    /// # Panics
    /// When it never is.
    pub async fn sees(&self, what: &str, wanted: impl Fn(&Shown) -> bool) -> Shown {
        let mut shown = self.shown.clone();
        match tokio::time::timeout(IN_TIME, shown.wait_for(|shown| wanted(shown))).await {
            Ok(Ok(seen)) => seen.clone(),
            _ => panic!("waited for {what} in vain"),
        }
    }

    /// Waits until the connection of whoever is in front is in this state.
    ///
    /// # Panics
    /// When it never is.
    pub async fn is(&self, state: LinkState) -> View {
        let is_so = |shown: &Shown| shown.view.as_ref().is_some_and(|view| view.link.state == state);
        self.sees(&format!("to be {state:?}"), is_so).await.view.expect("it was just there")
    }

    /// What is shown at this moment.
    pub fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Who trains here, as is shown.
    pub fn names(&self) -> Vec<String> {
        self.shown().studio.people.into_iter().map(|person| person.name).collect()
    }

    /// Its data directory.
    pub fn home(&self) -> Home {
        Home::new(self.home.path())
    }

    /// Ends the application; answers its machine's disk.
    pub fn close(self) -> TempDir {
        self.home
    }

    /// Whether anything of `profile` lies on the disk.
    pub fn has_files_of(&self, profile: &str) -> bool {
        self.home.path().join("profiles").join(profile).exists()
    }
}

/// What a machine on the disk `home` is opened with.
pub fn options(home: &TempDir, environment: Arc<dyn Environment>, emit: Emit) -> Options {
    Options {
        home: Home::new(home.path()),
        profile: Profile::default(),
        server: None,
        app_version: "0.0.0".to_owned(),
        vault: Some(Vault::in_memory()),
        environment,
        updater: None,
        host: None,
        emit,
    }
}
