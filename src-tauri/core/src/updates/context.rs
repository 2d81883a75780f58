//! What the work on updates is done beside: a profile that is open, or none that could be.

use std::future::{Future, pending};
use std::sync::Arc;

use futures_util::FutureExt;
use rand::rngs::StdRng;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::{UpdateRequests, Updater, keep_current};
use crate::agent::{Options, server_of};
use crate::api::ServerUrl;
use crate::bridge::Update;
use crate::environment::{Environment, rng};
use crate::home::Home;

/// See the module.
pub(crate) trait UpdateContext: Sync {
    /// The data directory of this installation.
    fn home(&self) -> &Home;

    /// The server it talks to.
    fn server(&self) -> ServerUrl;

    /// How it was last said to stand.
    fn update(&self) -> Update;

    /// Says how it stands.
    fn emit_update(&self, update: Update);

    /// What the person asks for.
    fn requests(&self) -> &UpdateRequests;

    /// Whether a session goes on in this process.
    fn is_in_session(&self) -> impl Future<Output = bool> + Send;

    /// Returns once none goes on.
    fn is_out_of_session(&self) -> impl Future<Output = ()> + Send;

    /// Returns once one goes on.
    fn is_in_a_session(&self) -> impl Future<Output = ()> + Send;

    /// Changes whenever this machine has slept.
    fn sleeps(&self) -> watch::Receiver<u64>;

    /// The time of day.
    fn now(&self) -> jiff::Timestamp;

    /// The random numbers of one use.
    fn rng(&self) -> StdRng;
}

/// The work on updates beside a profile that could not be opened. Dropping it ends the work.
///
/// A newer version may be what opens it again: a mistake of ours that keeps a profile shut must not keep out what mends it.
/// Nothing is said, because there is nobody to hear it; what was fetched is installed at the next start, as always.
pub struct HeadlessUpdates(AbortHandle);

impl HeadlessUpdates {
    /// Begins it with what the profile was to be opened with, if that includes an updater.
    pub fn begin(options: &Options) -> Option<Self> {
        let updater: Arc<dyn Updater> = Arc::clone(options.updater.as_ref()?);
        let server = server_of(options).inspect_err(|failure| {
            tracing::warn!(code = ?failure.code, "no server to ask for a newer version");
        });
        let no_profile = NoProfile {
            home: options.home.clone(),
            server: server.ok()?,
            environment: Arc::clone(&options.environment),
            requests: UpdateRequests::default(),
            sleeps: watch::Sender::new(0),
        };
        let work = async move { keep_current(&no_profile, updater, async {}.boxed()).await };
        Some(Self(tokio::spawn(work).abort_handle()))
    }
}

impl Drop for HeadlessUpdates {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// No profile: nobody trains, asks or hears.
struct NoProfile {
    home: Home,
    server: ServerUrl,
    environment: Arc<dyn Environment>,
    requests: UpdateRequests,
    sleeps: watch::Sender<u64>,
}

impl UpdateContext for NoProfile {
    fn home(&self) -> &Home {
        &self.home
    }

    fn server(&self) -> ServerUrl {
        self.server.clone()
    }

    fn update(&self) -> Update {
        Update::Unknown
    }

    fn emit_update(&self, _: Update) {}

    fn requests(&self) -> &UpdateRequests {
        &self.requests
    }

    async fn is_in_session(&self) -> bool {
        false
    }

    async fn is_out_of_session(&self) {}

    async fn is_in_a_session(&self) {
        pending::<()>().await;
    }

    fn sleeps(&self) -> watch::Receiver<u64> {
        self.sleeps.subscribe()
    }

    fn now(&self) -> jiff::Timestamp {
        self.environment.now()
    }

    fn rng(&self) -> StdRng {
        rng(&*self.environment)
    }
}
