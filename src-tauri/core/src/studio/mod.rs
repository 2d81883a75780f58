//! A studio machine: one screen, in front of which several people train, one after the other.
//!
//! Each of them has a profile of their own, with its own replica and its own sign-in; whoever picks themselves and knows
//! their PIN is in front. Whose training goes on, or something of whom waits to be sent, stays connected when somebody else
//! is in front; everybody else's agent is closed. While nobody is in front, the house's own agent answers the window: it is
//! never signed in, and keeps the application current.
//!
//! Deliberately absent: what the window looks like, and how it fills the screen.

mod calls;
mod floor;
mod gate;
mod pin;
mod roster;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;

use crate::agent::{Agent, Options};
use crate::api::ServerUrl;
use crate::bridge::{Call, Calls, Failure, LocalCode, StudioCall, dispatch, dispatch_to_studio};
use crate::home::Home;
use crate::host::Host;
use crate::profile::Profile;
use crate::updates::Updater;
use crate::vault::Vault;
use calls::{closed_with, not_a_pin};
use floor::Floor;
use gate::Gate;
use pin::Pin;
pub(crate) use roster::Roster;

/// See the module. Dropping it closes every agent.
pub struct StudioMachine {
    gate: Arc<Gate>,
    house: Arc<Agent>,
    floor: Arc<Mutex<Floor>>,
    options: Options,
    keeper: AbortHandle,
}

/// Whether the application at `home` opens as a studio's screen. If that can't be understood it does: nobody gets out of
/// one by spoiling a file.
pub fn is_studio_machine(home: &Home) -> bool {
    Roster::read(home).map_or(true, |roster| roster.is_some_and(|roster| roster.on))
}

/// Makes the machine at `home` a studio's, from the next start on, with `pin` to get out of it again; it talks to `server`,
/// unless it is told another.
///
/// # Errors
/// [`LocalCode::NotAPin`] when `pin` is not four to eight digits, [`LocalCode::BadConfig`] and
/// [`LocalCode::DataDirectory`] when the roster can't be read or kept.
pub async fn become_studio_machine(home: &Home, server: &ServerUrl, pin: &str) -> Result<(), Failure> {
    let lock = closed_with(Pin::of_studio(pin).map_err(not_a_pin)?).await?;
    let known = Roster::read(home)?;
    let (regulars, leaving) = known.map(|roster| (roster.regulars, roster.leaving)).unwrap_or_default();
    home.choose_server(&Profile::of_studio_machine(), server)?;
    Roster { on: true, lock, regulars, leaving }.write(home)
}

impl StudioMachine {
    /// Opens the machine with nobody in front. The profile in `options` does not matter.
    ///
    /// # Errors
    /// As [`Agent::open`], and [`LocalCode::BadConfig`] when the roster can't be understood.
    pub async fn open(options: Options) -> Result<Self, Failure> {
        let home = options.home.clone();
        let missing = || Failure::local(LocalCode::BadConfig).because("this is no studio machine");
        let roster = Roster::read(&home)?.ok_or_else(missing)?;
        let gate = Gate::before(Arc::clone(&options.emit));
        let house = Options {
            profile: Profile::of_studio_machine(),
            emit: gate.way_of(None),
            vault: Some(Vault::in_memory()),
            ..options.clone()
        };
        let house = Arc::new(Agent::open_without_updates(house).await?);
        let mut floor = Floor::new(roster, Options { server: Some(house.server()), ..options.clone() }, &gate);
        floor.look().await;
        let floor = Arc::new(Mutex::new(floor));
        let keeper = Keeper {
            floor: Arc::clone(&floor),
            gate: Arc::clone(&gate),
            house: Arc::clone(&house),
            updater: options.updater.clone(),
            host: options.host.clone(),
        };
        keeper.fill_screen(false);
        let keeper = tokio::spawn(keeper.keep()).abort_handle();
        Ok(Self { gate, house, floor, options, keeper })
    }

    /// Answers a call of the window: about the machine, or of whoever is in front.
    ///
    /// # Errors
    /// The [`Failure`] of the call.
    pub async fn call(&self, call: serde_json::Value) -> Result<serde_json::Value, Failure> {
        let internal = |error: serde_json::Error| Failure::local(LocalCode::Internal).because(error);
        let is_ours = call["name"].as_str().is_some_and(|name| StudioCall::NAMES.contains(&name));
        if is_ours {
            return dispatch_to_studio(self, serde_json::from_value(call).map_err(internal)?).await;
        }
        match serde_json::from_value(call).map_err(internal)? {
            // The machine's own, whoever is in front.
            Call::View {} => {
                let in_front = self.in_front();
                self.gate.show();
                in_front.view().await?;
                Ok(serde_json::Value::Null)
            }
            Call::SignOut { everywhere } => {
                self.sign_out(everywhere).await?;
                Ok(serde_json::Value::Null)
            }
            call @ (Call::CheckForUpdate {} | Call::InstallUpdate {}) => dispatch(&*self.house, call).await,
            call @ (Call::StartWithSystem { .. } | Call::CloseWindow {}) => {
                self.only_staff()?;
                dispatch(&*self.house, call).await
            }
            call @ Call::ChooseServer { .. } => self.choose_server(call).await,
            Call::SignIn { .. } | Call::BecomeStudio { .. } => {
                Err(Failure::local(LocalCode::Internal).because("not on a studio machine"))
            }
            // Nobody's window looks elsewhere, and there is no tray to speak in.
            Call::Notify { .. } | Call::ShowInTray { .. } => Ok(serde_json::Value::Null),
            call => {
                let turn = self.gate.turn();
                let answer = dispatch(&*self.in_front(), call).await;
                // Nothing of one person is for another, answers included.
                if self.gate.turn() == turn { answer } else { Err(Failure::local(LocalCode::NotSignedIn)) }
            }
        }
    }

    /// Whether its window may be closed.
    pub fn may_close(&self) -> bool {
        self.gate.is_staff()
    }

    fn in_front(&self) -> Arc<Agent> {
        self.gate.in_front().map_or_else(|| Arc::clone(&self.house), |(_, agent)| agent)
    }

    fn only_staff(&self) -> Result<(), Failure> {
        if self.gate.is_staff() { Ok(()) } else { Err(Failure::local(LocalCode::StaffOnly)) }
    }

    /// Staff: points the machine to another server, before anybody trains on it. Whoever signs in afterwards tells that
    /// server their password.
    async fn choose_server(&self, call: Call) -> Result<serde_json::Value, Failure> {
        self.only_staff()?;
        let mut floor = self.floor.lock().await;
        if !floor.roster.regulars.is_empty() {
            return Err(Failure::local(LocalCode::Internal).because("whoever trains here stays with their server"));
        }
        let chosen = dispatch(&*self.house, call).await?;
        floor.options.server = Some(self.house.server());
        Ok(chosen)
    }

    /// Signs whoever is in front out. What is theirs goes from this machine, unless something waits to be sent: that is
    /// sent when they sign in again.
    async fn sign_out(&self, everywhere: bool) -> Result<(), Failure> {
        let nobody = || Failure::local(LocalCode::NotSignedIn);
        let (profile, agent) = self.gate.in_front().ok_or_else(nobody)?;
        if everywhere {
            // They stay until the server has promised it.
            agent.end_everywhere().await?;
        }
        // From now on the next one may come; what becomes of this sign-in is nothing for their eyes.
        self.gate.leave(&profile);
        self.house.view().await?;
        if everywhere {
            agent.forget_sign_in().await;
        } else {
            agent.sign_out(false).await?;
        }
        let mut floor = self.floor.lock().await;
        // Asked afterwards: what was done at the last moment is kept as well, and nothing more can be.
        let keeps_something = agent.activity().await.keeps_something;
        drop(agent);
        let is_back = self.gate.in_front().is_some_and(|(in_front, _)| in_front == profile);
        if !keeps_something && !is_back {
            floor.take_off(&profile).await?;
        }
        floor.look().await;
        drop(floor);
        self.house.view().await
    }
}

impl Drop for StudioMachine {
    fn drop(&mut self) {
        self.keeper.abort();
        self.gate.forget();
        // What was just told to end may hold them for a moment longer.
        self.house.leave_profile();
        if let Ok(mut floor) = self.floor.try_lock() {
            floor.close_all();
        }
    }
}

/// Sees to it that what waits is sent, that nothing is open that need not be, and that the application stays current.
struct Keeper {
    floor: Arc<Mutex<Floor>>,
    gate: Arc<Gate>,
    house: Arc<Agent>,
    updater: Option<Arc<dyn Updater>>,
    host: Option<Arc<dyn Host>>,
}

impl Keeper {
    /// Never returns.
    async fn keep(self) {
        let may_wait = self.floor.lock().await.may_wait();
        // Side by side: each waits for the keyring. Whose could not be opened is told so when they pick themselves.
        join_all(may_wait.iter().map(|profile| floor::open(&self.floor, profile))).await;
        self.look().await;
        // Not before it is known whether somebody trains: it may have been ready when the power went.
        if let Some(updater) = self.updater.clone() {
            let floor = Arc::clone(&self.floor);
            self.house.stay_current(updater, async move { floor.lock().await.close_all() }.boxed());
        }
        let mut was_staff = false;
        loop {
            self.gate.changed().await;
            self.fill_screen(was_staff);
            was_staff = self.gate.is_staff();
            self.look().await;
        }
    }

    /// Fills the screen, unless staff took the window off it and are still there. While they are, something else may have
    /// done so as well.
    fn fill_screen(&self, was_staff: bool) {
        let is_filled = self.gate.fills_screen();
        if self.gate.is_staff() || (is_filled && !was_staff) {
            return;
        }
        if let Some(host) = &self.host {
            host.fill_screen(true);
        }
        if !is_filled {
            self.gate.show_filled(true);
        }
    }

    async fn look(&self) {
        let is_in_session = self.floor.lock().await.look().await;
        self.house.note_training(is_in_session);
    }
}
