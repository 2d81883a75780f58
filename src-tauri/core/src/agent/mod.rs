//! An agent: one profile, signed in or not, with its replica and its live supervisor.

mod calls;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, JoinHandle};
use training::wire::SignedIn;

use crate::address::ServerUrl;
use crate::api::Api;
use crate::bridge::{Failure, LocalCode};
use crate::context::{Activity, AgentContext};
use crate::home::ProfileDirectory;
use crate::host::Host;
use crate::live::{send_waiting, supervise, watch_for_sleep};
use crate::options::Options;
use crate::replica::Replica;
use crate::roster::Roster;
use crate::updates::{Updater, keep_current};
use crate::uploads::send_uploads;
use crate::vault::Vault;
use crate::videos::keep_videos;

/// The running agent of one profile. Dropping it stops its supervisor.
pub struct Agent {
    context: Arc<AgentContext>,
    /// Aborts the supervisor, and waits until it has ended.
    supervisor: (AbortHandle, Arc<Mutex<JoinHandle<()>>>),
    updates: OnceLock<AbortHandle>,
    host: Option<Arc<dyn Host>>,
    directory: Arc<ProfileDirectory>,
}

impl Agent {
    /// Opens a profile: its replica, its sign-in if one is stored, and its API client.
    ///
    /// Returns without waiting for the network. The replica's contents can be shown at once.
    ///
    /// # Errors
    /// A [`Failure`] with a local code when the configuration, the data directory or the replica is not usable.
    ///
    /// [`LocalCode::OnKiosk`] when it belongs to a member of this kiosk, which takes their PIN.
    pub async fn open(options: Options) -> Result<Self, Failure> {
        if Roster::read(&options.home)?.is_some_and(|roster| roster.holds(&options.profile)) {
            return Err(Failure::local(LocalCode::OnKiosk));
        }
        Self::open_any(options).await
    }

    #[cfg(test)]
    pub(crate) fn context(&self) -> &AgentContext {
        &self.context
    }

    /// The same for any profile, including one that requires a PIN.
    pub(crate) async fn open_any(options: Options) -> Result<Self, Failure> {
        let updater = options.updater.clone();
        let agent = Self::open_without_updates(options).await?;
        if let Some(updater) = updater {
            agent.stay_current(updater, async {}.boxed());
        }
        Ok(agent)
    }

    /// The same, but without updates until [`Agent::stay_current`].
    pub(crate) async fn open_without_updates(options: Options) -> Result<Self, Failure> {
        let directory = Arc::new(options.home.open_or_wait(&options.profile).await?);
        let server = options.server()?;
        let (mut replica, set_aside) = Replica::open(directory.path(), &options.environment).await?;
        replica.bind_to_server(&server.to_string()).await?;
        let vault = options.vault.unwrap_or_else(|| Vault::new(&options.home, &options.profile, &server));
        let api = Api::new(server, vault, Arc::clone(&options.environment))?;
        let (signed_in, vault) = api.tokens.load().await;
        let version = options.app_version.clone();
        let context = AgentContext::new(
            options.home,
            options.profile,
            options.app_version,
            options.emit,
            options.environment,
            api,
            replica,
        );
        let context = Arc::new(context);
        if set_aside {
            context.connection.set_notice(LocalCode::ReplicaSetAside);
        }
        if options.updater.is_some() {
            context.updates.enable();
        }
        context.sign_in.begin(signed_in, vault);
        tracing::info!(%version, "the profile is open");
        let supervisor = tokio::spawn({
            let context = Arc::clone(&context);
            async move {
                let keyring = context.sign_in.await_keyring();
                let feed = async { tokio::join!(supervise(&context), send_waiting(&context)) };
                let files = async { tokio::join!(send_uploads(&context), keep_videos(&context)) };
                tokio::join!(feed, files, watch_for_sleep(&context), keyring);
            }
        });
        let supervisor = (supervisor.abort_handle(), Arc::new(Mutex::new(supervisor)));
        Ok(Self { context, supervisor, updates: OnceLock::new(), host: options.host, directory })
    }

    /// Keeps this application up to date from now on. `before_restart` stops this process's work on other profiles.
    pub(crate) fn stay_current(&self, updater: Arc<dyn Updater>, before_restart: BoxFuture<'static, ()>) {
        let (context, directory) = (Arc::clone(&self.context), Arc::clone(&self.directory));
        let (ends_supervisor, supervisor) = self.supervisor.clone();
        // The new version needs the profile before this process has fully exited.
        let before_restart = async move {
            before_restart.await;
            ends_supervisor.abort();
            (&mut *supervisor.lock().await).await.ok();
            directory.release();
        };
        let work = tokio::spawn(async move { keep_current(&context.updates, updater, before_restart.boxed()).await });
        if self.updates.set(work.abort_handle()).is_err() {
            work.abort();
        }
    }
}

impl Agent {
    /// Whether the user is in the middle of their own training, so that closing the window needs a confirmation.
    pub async fn is_training(&self) -> bool {
        self.activity().await.is_training
    }

    /// Whether the window is handing a file over.
    pub fn is_handing_over(&self) -> bool {
        self.context.uploads.staging.is_in_use()
    }

    /// The agent's server.
    pub(crate) fn server(&self) -> ServerUrl {
        self.context.connection.server()
    }

    /// Adopts a sign-in that was made elsewhere.
    pub(crate) async fn admit(&self, signed_in: &SignedIn) -> Result<(), Failure> {
        self.context.sign_in.adopt(&self.context.api(), signed_in).await
    }

    /// What whoever is signed in is called, as far as it is known.
    pub(crate) async fn account_name(&self) -> Option<String> {
        let replica = self.context.store.lock().await;
        replica.contents().me.as_ref().map(|me| me.name.clone())
    }

    /// The agent's activity, whether or not a window shows it.
    pub(crate) async fn activity(&self) -> Activity {
        Activity::of(&self.context.store).await
    }

    /// Waits until every act has been sent, at most for `time`.
    pub(crate) async fn wait_until_sent(&self, time: Duration) {
        let sent = self.context.store.wait_until(|replica| replica.acts_waiting() == 0);
        tokio::time::timeout(time, sent).await.ok();
    }

    /// Records whether somebody is training on another profile of this machine.
    pub(crate) fn note_training(&self, is_training: bool) {
        self.context.updates.note_training_elsewhere(is_training);
    }

    /// Stops the agent as [`Agent::leave_profile`] does, and waits until its supervisor holds nothing open any longer.
    pub(crate) async fn end(&self) {
        self.leave_profile();
        (&mut *self.supervisor.1.lock().await).await.ok();
    }

    /// Stops the agent, and releases the profile to another process or agent.
    pub(crate) fn leave_profile(&self) {
        self.supervisor.0.abort();
        if let Some(updates) = self.updates.get() {
            updates.abort();
        }
        // The tasks just aborted may hold the directory for a moment longer.
        self.directory.release();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.leave_profile();
    }
}
