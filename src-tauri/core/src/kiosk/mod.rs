//! The kiosk: a shared studio screen that several people train in front of, one after the other.
//!
//! Each member has a profile with its own replica and sign-in. To come to the foreground, members pick their name and
//! enter their PIN. The agent of a member in the background stays connected while it has an open session or unsent
//! changes; otherwise it is closed. While nobody is in the foreground, the lobby agent answers the window. It is never
//! signed in, and keeps the application up to date.
//!
//! Deliberately absent: what the window looks like, and how it fills the screen.

mod calls;
mod gate;
mod pool;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use training::VideoId;

use crate::agent::Agent;
use crate::bridge::{
    AccountCall, AccountCalls, Call, Failure, HostCall, KioskCall, LocalCode, PeopleCall, StagedFileId, VideoPart,
    dispatch, dispatch_to_kiosk,
};
use crate::host::Host;
use crate::options::Options;
use crate::profile::Profile;
use crate::roster::Roster;
use crate::updates::Updater;
use crate::vault::Vault;
use gate::ForegroundGate;
use pool::AgentPool;

/// See the module. Dropping it closes every agent.
pub struct Kiosk {
    gate: Arc<ForegroundGate>,
    lobby: Arc<Agent>,
    pool: Arc<Mutex<AgentPool>>,
    options: Options,
    maintenance: AbortHandle,
}

impl Kiosk {
    /// Opens the kiosk in its lobby. The profile in `options` is ignored.
    ///
    /// # Errors
    /// Those of [`Agent::open`], and [`LocalCode::BadConfig`] when the roster cannot be read.
    pub async fn open(options: Options) -> Result<Self, Failure> {
        let home = options.home.clone();
        let missing = || Failure::local(LocalCode::BadConfig).because("this machine is not a kiosk");
        let roster = Roster::read(&home)?.ok_or_else(missing)?;
        let gate = ForegroundGate::new(Arc::clone(&options.emit));
        let lobby = Options {
            profile: Profile::of_kiosk(),
            emit: gate.emitter(None),
            vault: Some(Vault::in_memory()),
            ..options.clone()
        };
        let lobby = Arc::new(Agent::open_without_updates(lobby).await?);
        let mut pool = AgentPool::new(roster, Options { server: Some(lobby.server()), ..options.clone() }, &gate);
        pool.refresh().await;
        let pool = Arc::new(Mutex::new(pool));
        let maintenance = Maintenance {
            pool: Arc::clone(&pool),
            gate: Arc::clone(&gate),
            lobby: Arc::clone(&lobby),
            updater: options.updater.clone(),
            host: options.host.clone(),
        };
        maintenance.fill_screen(false);
        let maintenance = tokio::spawn(maintenance.run()).abort_handle();
        Ok(Self { gate, lobby, pool, options, maintenance })
    }

    /// Answers a call of the window, about the kiosk itself or for the member in the foreground.
    ///
    /// # Errors
    /// The [`Failure`] of the call.
    pub async fn call(&self, call: serde_json::Value) -> Result<serde_json::Value, Failure> {
        let internal = |error: serde_json::Error| Failure::local(LocalCode::Internal).because(error);
        let is_about_kiosk = call["name"].as_str().is_some_and(|name| KioskCall::NAMES.contains(&name));
        if is_about_kiosk {
            return dispatch_to_kiosk(self, serde_json::from_value(call).map_err(internal)?).await;
        }
        match serde_json::from_value(call).map_err(internal)? {
            // These belong to the kiosk, whoever is in the foreground.
            Call::Account(AccountCall::View {}) => {
                let agent = self.foreground_agent();
                self.gate.emit_view();
                agent.view().await?;
                Ok(serde_json::Value::Null)
            }
            Call::Account(AccountCall::SignOut { everywhere }) => {
                self.sign_out(everywhere).await?;
                Ok(serde_json::Value::Null)
            }
            call @ Call::Update(_) => dispatch(&*self.lobby, call).await,
            call @ Call::Host(HostCall::StartWithSystem { .. } | HostCall::CloseWindow {}) => {
                self.require_staff()?;
                dispatch(&*self.lobby, call).await
            }
            call @ Call::Account(AccountCall::ChooseServer { .. }) => self.choose_server(call).await,
            // An export is a file for whoever uses this machine next, and nobody has a file of theirs here.
            Call::Account(AccountCall::SignIn { .. })
            | Call::Imports(_)
            | Call::Host(HostCall::BecomeKiosk { .. })
            | Call::People(PeopleCall::ExportPerson { .. }) => {
                Err(Failure::local(LocalCode::Internal).because("not available on a kiosk"))
            }
            // A kiosk fills the screen and has no tray, so there is nobody to notify.
            Call::Host(HostCall::Notify { .. } | HostCall::ShowInTray { .. }) => Ok(serde_json::Value::Null),
            call => self.of_foreground(async |agent| dispatch(agent, call).await).await,
        }
    }

    /// As [`Agent::put_file`], for the member in the foreground.
    ///
    /// # Errors
    /// The same.
    pub async fn put_file(&self, file: StagedFileId, offset: u64, bytes: Vec<u8>) -> Result<u64, Failure> {
        self.of_foreground(async |agent| agent.put_file(file, offset, bytes).await).await
    }

    /// As [`Agent::read_video`], for the member in the foreground.
    ///
    /// # Errors
    /// The same.
    pub async fn read_video(&self, id: VideoId, part: VideoPart) -> Result<Vec<u8>, Failure> {
        self.of_foreground(async |agent| agent.read_video(id, part).await).await
    }

    /// What the agent in the foreground answers. That is for the member who asked, and for nobody who came to the
    /// foreground since.
    async fn of_foreground<T>(&self, ask: impl AsyncFnOnce(&Agent) -> Result<T, Failure>) -> Result<T, Failure> {
        let generation = self.gate.generation();
        let answer = ask(&self.foreground_agent()).await;
        if self.gate.generation() == generation { answer } else { Err(Failure::local(LocalCode::NotSignedIn)) }
    }

    /// Whether the window may be closed.
    pub fn may_close(&self) -> bool {
        self.gate.is_staff()
    }

    fn foreground_agent(&self) -> Arc<Agent> {
        self.gate.foreground().map_or_else(|| Arc::clone(&self.lobby), |(_, agent)| agent)
    }

    fn require_staff(&self) -> Result<(), Failure> {
        if self.gate.is_staff() { Ok(()) } else { Err(Failure::local(LocalCode::StaffOnly)) }
    }

    /// Staff: chooses another server. Allowed only while the kiosk has no members, because members would send their
    /// password to the new server at their next sign-in.
    async fn choose_server(&self, call: Call) -> Result<serde_json::Value, Failure> {
        self.require_staff()?;
        let mut pool = self.pool.lock().await;
        if !pool.roster.members.is_empty() {
            return Err(Failure::local(LocalCode::Internal).because("a kiosk with members keeps its server"));
        }
        let chosen = dispatch(&*self.lobby, call).await?;
        pool.options.server = Some(self.lobby.server());
        Ok(chosen)
    }

    /// Signs out the member in the foreground and removes them from this kiosk. A member with unsynced data stays, and
    /// the data is sent when they sign in again.
    async fn sign_out(&self, everywhere: bool) -> Result<(), Failure> {
        let nobody = || Failure::local(LocalCode::NotSignedIn);
        let (profile, agent) = self.gate.foreground().ok_or_else(nobody)?;
        if everywhere {
            // They stay in the foreground until the server has confirmed it.
            agent.end_everywhere().await?;
        }
        // From here on the next member may come, who must not see the outcome of this sign-out.
        self.gate.clear_if(&profile);
        self.lobby.view().await?;
        if everywhere {
            agent.forget_sign_in().await;
        } else {
            agent.sign_out(false).await?;
        }
        let mut pool = self.pool.lock().await;
        // Asked after the sign-out, when no further change can be made.
        let may_have_unsynced = agent.activity().await.has_unsent;
        drop(agent);
        let is_back = self.gate.foreground().is_some_and(|(member, _)| member == profile);
        if !may_have_unsynced && !is_back {
            pool.remove(&profile).await?;
        }
        pool.refresh().await;
        drop(pool);
        self.lobby.view().await
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        self.maintenance.abort();
        self.gate.release();
        // The aborted task may hold the agents for a moment longer.
        self.lobby.leave_profile();
        if let Ok(mut pool) = self.pool.try_lock() {
            pool.close_all();
        }
    }
}

/// The background task of a kiosk: sends what is unsynced, closes idle agents, fills the screen and keeps the application
/// up to date.
struct Maintenance {
    pool: Arc<Mutex<AgentPool>>,
    gate: Arc<ForegroundGate>,
    lobby: Arc<Agent>,
    updater: Option<Arc<dyn Updater>>,
    host: Option<Arc<dyn Host>>,
}

impl Maintenance {
    /// Never returns.
    async fn run(self) {
        let unsynced = self.pool.lock().await.unsynced_profiles();
        // Concurrently, because each waits for the keyring. A member whose profile fails to open sees the failure when
        // they pick themselves.
        join_all(unsynced.iter().map(|profile| pool::open(&self.pool, profile))).await;
        self.refresh().await;
        // Only now is it known whether a session is active. An update may have been ready when the power failed.
        if let Some(updater) = self.updater.clone() {
            let pool = Arc::clone(&self.pool);
            self.lobby.stay_current(updater, async move { pool.lock().await.close_all() }.boxed());
        }
        let mut was_staff = false;
        loop {
            self.gate.changed().await;
            self.fill_screen(was_staff);
            was_staff = self.gate.is_staff();
            self.refresh().await;
        }
    }

    /// Fills the screen, except while the staff page is open. After staff have left it also does so when the window was
    /// last shown full screen, because the window manager may have changed that in the meantime.
    fn fill_screen(&self, was_staff: bool) {
        let is_filled = self.gate.fills_screen();
        if self.gate.is_staff() || (is_filled && !was_staff) {
            return;
        }
        if let Some(host) = &self.host {
            host.fill_screen(true);
        }
        if !is_filled {
            self.gate.set_fills_screen(true);
        }
    }

    async fn refresh(&self) {
        let is_in_session = self.pool.lock().await.refresh().await;
        self.lobby.note_training(is_in_session);
    }
}
