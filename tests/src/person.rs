//! A simulated user without a window: a real agent, and what its window would show.

use std::sync::{Arc, Mutex, PoisonError};

use ringside_core::ThisMachine;
use ringside_core::bridge::{AccountCalls, LinkState, Message, SessionCalls, View};
use ringside_core::environment::Environment;
use ringside_core::updates::Updater;
use ringside_core::{Agent, Home, Options, Vault};
use tempfile::TempDir;
use tokio::sync::watch;
use training::{PlannedExercise, Round, RoundPlan, RoundStatus, Session, SessionId, SessionStatus, Values};

use crate::deadline::IN_TIME;
use crate::proxy::{NetworkCondition, Proxy};
use crate::screen::show;
use crate::server::Account;

/// See the module.
pub struct Person {
    /// The agent.
    pub agent: Agent,
    /// The current view: its messages applied as a window applies them.
    pub shown: watch::Receiver<Option<View>>,
    faults: Arc<Mutex<Vec<String>>>,
    states: Arc<Mutex<Vec<LinkState>>>,
    home: TempDir,
}

impl Person {
    /// Loses `network`, which is between this person and the server.
    ///
    /// # Panics
    /// When they don't notice.
    pub async fn go_offline(&self, network: &Proxy) {
        network.set(NetworkCondition::Down);
        self.is(LinkState::Offline).await;
    }

    /// Has `network` again, and waits until everything has been sent.
    ///
    /// # Panics
    /// When it isn't.
    pub async fn go_online(&self, network: &Proxy) {
        network.set(NetworkCondition::Normal);
        self.agent.try_now().await.expect("it can always be asked");
        self.is(LinkState::Live).await;
        self.has_sent_all().await;
    }

    /// Waits until all their acts are on the server: a call returns after two seconds, whether its act is sent or not.
    ///
    /// # Panics
    /// When they never are.
    pub async fn has_sent_all(&self) {
        self.sees("that nothing waits any more", |view| view.link.waiting == 0).await;
    }

    /// Opens the application with `server`, on a new machine, with nobody signed in.
    ///
    /// # Panics
    /// When the profile can't be opened.
    pub async fn open(server: &str) -> Self {
        Self::on(Arc::new(ThisMachine::default()), server).await
    }

    /// Opens the application on another kind of machine.
    ///
    /// # Panics
    /// When the profile can't be opened.
    pub async fn on(machine: Arc<dyn Environment>, server: &str) -> Self {
        Self::at(tempfile::tempdir().expect("a temporary directory"), machine, server).await
    }

    async fn at(home: TempDir, machine: Arc<dyn Environment>, server: &str) -> Self {
        Self::with(home, machine, server, None).await
    }

    /// Opens the application on an existing disk, as a build that updates itself.
    ///
    /// # Panics
    /// When the profile can't be opened.
    pub async fn with_updater(home: TempDir, server: &str, updater: Arc<dyn Updater>) -> Self {
        Self::with(home, Arc::new(ThisMachine::default()), server, Some(updater)).await
    }

    async fn with(
        home: TempDir,
        machine: Arc<dyn Environment>,
        server: &str,
        updater: Option<Arc<dyn Updater>>,
    ) -> Self {
        let (sender, shown) = watch::channel(None::<View>);
        let faults: Arc<Mutex<Vec<String>>> = Arc::default();
        let states: Arc<Mutex<Vec<LinkState>>> = Arc::default();
        let emit = {
            let (faults, states) = (Arc::clone(&faults), Arc::clone(&states));
            Arc::new(move |message| {
                if let Message::Link { link, .. } = &message {
                    states.lock().unwrap_or_else(PoisonError::into_inner).push(link.state);
                }
                sender.send_modify(|view| {
                    if let Some(fault) = show(view, message) {
                        faults.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
                    }
                });
            })
        };
        let options = Options {
            home: Home::new(home.path()),
            profile: "test".parse().expect("a profile's name"),
            server: Some(server.parse().expect("an address")),
            app_version: "0.0.0".to_owned(),
            vault: Some(Vault::in_memory()),
            environment: machine,
            updater,
            host: None,
            emit,
        };
        let agent = Agent::open(options).await.expect("a profile that can be opened");
        agent.view().await.expect("a view");
        Self { agent, shown, faults, states, home }
    }

    /// Ends the application; returns its machine's disk.
    pub fn close(self) -> TempDir {
        self.home
    }

    /// Opens the application again on the disk it left.
    ///
    /// # Panics
    /// When the profile can't be opened.
    pub async fn reopen(home: TempDir, server: &str) -> Self {
        Self::reopen_on(Arc::new(ThisMachine::default()), home, server).await
    }

    /// Opens the application again on another kind of machine.
    ///
    /// # Panics
    /// When the profile can't be opened.
    pub async fn reopen_on(machine: Arc<dyn Environment>, home: TempDir, server: &str) -> Self {
        Self::at(home, machine, server).await
    }

    /// Opens the application, signs in, and waits until the connection is live.
    ///
    /// # Panics
    /// When that does not come to pass.
    pub async fn signed_in(server: &str, account: &Account) -> Self {
        let person = Self::open(server).await;
        person.sign_in(account).await;
        person
    }

    /// Signs in, and waits until the connection is live.
    ///
    /// # Panics
    /// When that does not come to pass.
    pub async fn sign_in(&self, account: &Account) {
        self.agent.sign_in(account.email.clone(), account.password.clone()).await.expect("the demo's password");
        self.is(LinkState::Live).await;
    }

    /// The application's data directory.
    pub fn home(&self) -> Home {
        Home::new(self.home.path())
    }

    /// The current view.
    ///
    /// # Panics
    /// Before the first view has come, which [`Person::open`] waits for.
    pub fn view(&self) -> View {
        self.shown.borrow().clone().expect("a view")
    }

    /// Waits until the view is as `wanted`.
    ///
    /// # Panics
    /// When it never is, with the view that is shown instead.
    pub async fn sees(&self, what: &str, wanted: impl Fn(&View) -> bool) -> View {
        let mut shown = self.shown.clone();
        let seen = shown.wait_for(|view| view.as_ref().is_some_and(&wanted));
        match tokio::time::timeout(IN_TIME, seen).await {
            Ok(Ok(view)) => view.clone().expect("it was as wanted"),
            _ => panic!("timed out waiting for {what}; shown: {:#?}", *self.shown.borrow()),
        }
    }

    /// Waits until the connection is in this state.
    ///
    /// # Panics
    /// When it never is.
    pub async fn is(&self, state: LinkState) -> View {
        self.sees(&format!("to be {state:?}"), |view| view.link.state == state).await
    }

    /// Waits for a round with this status.
    ///
    /// # Panics
    /// When none comes.
    pub async fn sees_round(&self, status: RoundStatus) -> Round {
        let find = |view: &View| {
            view.documents.sessions.iter().flat_map(|session| &session.rounds).find(|r| r.status == status).cloned()
        };
        let view = self.sees(&format!("a round that is {status:?}"), |view| find(view).is_some()).await;
        find(&view).expect("it was just there")
    }

    /// As a trainer: joins a session, and waits until it is joined here too, for which the call waits only two seconds.
    ///
    /// # Panics
    /// When that does not come to pass.
    pub async fn join(&self, id: SessionId) -> Session {
        self.agent.join_session(id).await.expect("it waits");
        let joined = |session: &&Session| session.id == id && session.status == SessionStatus::Active;
        let find = |view: &View| view.documents.sessions.iter().find(joined).cloned();
        let view = self.sees("the joined session", |view| find(view).is_some()).await;
        find(&view).expect("it was just there")
    }

    /// As a trainer: joins the first session they see, and puts a round of one exercise in front of its athlete.
    ///
    /// # Panics
    /// When that does not come to pass.
    pub async fn lead_a_round(&self) {
        let view = self.sees("a session", |view| !view.documents.sessions.is_empty()).await;
        let session = self.join(view.documents.sessions[0].id).await;
        let planned = Values { reps: Some(8), ..Values::default() };
        let item = PlannedExercise::new(view.documents.exercises[0].id, planned);
        let plan = RoundPlan { is_final: false, rest_after_s: None, exercises: vec![item] };
        self.agent.add_round(session.id, plan, true).await.expect("no other round is out");
    }

    /// Every reported state of the connection, in order.
    pub fn states(&self) -> Vec<LinkState> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Messages that were duplicates or went back in time; empty if all is well.
    pub fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
