//! A kiosk of the core without its window.

use std::sync::{Arc, Mutex, PoisonError};

use ringside_core::ThisMachine;
use ringside_core::bridge::{Failure as Refused, KioskView, LinkState, Message, View};
use ringside_core::environment::Environment;
use ringside_core::{Emit, Home, Kiosk, Options, Profile, Vault, become_kiosk};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::deadline::IN_TIME;
use crate::host_mock::HostMock;
use crate::screen::show;
use crate::server::Account;

/// The studio's PIN.
pub const STUDIO_PIN: &str = "246810";

/// What the kiosk's window shows.
#[derive(Clone, Default)]
pub struct KioskState {
    /// The kiosk itself.
    pub kiosk: KioskView,
    /// The view of the member in the foreground, or of the lobby.
    pub view: Option<View>,
}

/// Every message the window received, each with the profile that was in the foreground at that moment.
pub type MessageLog = Arc<Mutex<Vec<(Option<String>, String)>>>;

/// A kiosk of the core, with a test in place of its window.
pub struct TestKiosk {
    /// The kiosk itself.
    pub core: Kiosk,
    /// What the window received.
    pub messages: MessageLog,
    /// The desktop around it.
    pub host: Arc<HostMock>,
    state: watch::Receiver<KioskState>,
    home: TempDir,
}

impl TestKiosk {
    /// A new kiosk that uses `server`.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn new(server: &str) -> Self {
        Self::on(Arc::new(ThisMachine::default()), server).await
    }

    /// A new kiosk in this environment.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn on(environment: Arc<dyn Environment>, server: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let server = server.parse().expect("an address");
        become_kiosk(&Home::new(home.path()), &server, STUDIO_PIN).await.expect("a PIN");
        Self::open(home, environment).await
    }

    /// A kiosk with an existing data directory.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn open(home: TempDir, environment: Arc<dyn Environment>) -> Self {
        let (sender, state) = watch::channel(KioskState::default());
        let messages = MessageLog::default();
        let log = Arc::clone(&messages);
        let emit = Arc::new(move |message: Message| {
            sender.send_modify(|state| match message {
                Message::Kiosk { kiosk } => state.kiosk = kiosk,
                message => {
                    let text = serde_json::to_string(&message).expect("JSON");
                    log.lock().unwrap_or_else(PoisonError::into_inner).push((state.kiosk.foreground.clone(), text));
                    show(&mut state.view, message);
                }
            });
        });
        let host = Arc::new(HostMock::default());
        let options = Options { host: Some(Arc::clone(&host) as _), ..options(&home, environment, emit) };
        let core = Kiosk::open(options).await.expect("a kiosk");
        let kiosk = Self { core, messages, host, state, home };
        kiosk.call("view", json!({})).await.expect("a view");
        kiosk
    }

    /// Restarts the application.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn restart(self, environment: Arc<dyn Environment>) -> Self {
        let home = self.home;
        drop(self.core);
        Self::open(home, environment).await
    }

    /// Makes a call as the window does.
    ///
    /// # Errors
    /// The failure of the call.
    pub async fn call(&self, name: &str, args: Value) -> Result<Value, Refused> {
        self.core.call(json!({"name": name, "args": args})).await
    }

    /// Admits somebody with a PIN. Returns their profile once they are in the foreground.
    ///
    /// # Panics
    /// When they do not come to the foreground.
    ///
    /// # Errors
    /// The failure of the call.
    pub async fn admit(&self, account: &Account, pin: &str) -> Result<String, Refused> {
        let args = json!({"email": account.email, "password": account.password, "pin": pin});
        self.call("admit", args).await?;
        let state =
            self.sees("the account", |state| state.view.as_ref().is_some_and(|view| view.account.me.is_some())).await;
        Ok(state.kiosk.foreground.expect("a member in the foreground"))
    }

    /// A member picks themselves.
    ///
    /// # Errors
    /// The failure of the call.
    pub async fn pick(&self, profile: &str, pin: &str) -> Result<Value, Refused> {
        self.call("pick", json!({"profile": profile, "pin": pin})).await
    }

    /// Returns to the lobby.
    ///
    /// # Panics
    /// When the call fails.
    pub async fn lock(&self) {
        self.call("lock", json!({})).await.expect("locking always works");
    }

    /// Opens the staff page.
    ///
    /// # Panics
    /// When the PIN is refused.
    pub async fn open_staff(&self) {
        self.call("open_staff", json!({"pin": STUDIO_PIN})).await.expect("the studio's PIN");
    }

    /// Waits until the state is as `wanted`.
    ///
    /// # Panics
    /// When it never is.
    pub async fn sees(&self, what: &str, wanted: impl Fn(&KioskState) -> bool) -> KioskState {
        let mut state = self.state.clone();
        match tokio::time::timeout(IN_TIME, state.wait_for(|state| wanted(state))).await {
            Ok(Ok(seen)) => seen.clone(),
            _ => panic!("timed out waiting for {what}"),
        }
    }

    /// Waits until the connection of the member in the foreground is in this state.
    ///
    /// # Panics
    /// When it never is.
    pub async fn is(&self, link: LinkState) -> View {
        let is_so = |state: &KioskState| state.view.as_ref().is_some_and(|view| view.link.state == link);
        self.sees(&format!("the connection to be {link:?}"), is_so).await.view.expect("it was just there")
    }

    /// The current state.
    pub fn state(&self) -> KioskState {
        self.state.borrow().clone()
    }

    /// The names of the members.
    pub fn names(&self) -> Vec<String> {
        self.state().kiosk.members.into_iter().map(|member| member.name).collect()
    }

    /// Its data directory.
    pub fn home(&self) -> Home {
        Home::new(self.home.path())
    }

    /// Closes the application. Returns its data directory.
    pub fn close(self) -> TempDir {
        self.home
    }

    /// Whether the data directory has files of `profile`.
    pub fn has_files_of(&self, profile: &str) -> bool {
        self.home.path().join("profiles").join(profile).exists()
    }
}

/// Options for a core with the data directory `home`, and without a keyring.
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
