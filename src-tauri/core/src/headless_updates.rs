//! Updates when no profile could be opened.

use std::future::pending;
use std::sync::Arc;

use futures_util::FutureExt;
use rand::rngs::StdRng;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::address::ServerUrl;
use crate::bridge::Update;
use crate::environment::{Environment, rng};
use crate::home::Home;
use crate::options::Options;
use crate::updates::{UpdateContext, UpdateRequests, Updater, keep_current};

/// Runs updates for a profile that could not be opened. Dropping it stops them.
///
/// A newer version may be able to open it again: a bug of ours that blocks a profile must not also block its fix.
/// Nothing is emitted, because nothing listens. A downloaded update is installed at the next start, as always.
pub struct HeadlessUpdates(AbortHandle);

impl HeadlessUpdates {
    /// Starts with the options meant for the profile, if they include an updater.
    pub fn begin(options: &Options) -> Option<Self> {
        let updater: Arc<dyn Updater> = Arc::clone(options.updater.as_ref()?);
        let server = options.server().inspect_err(|failure| {
            tracing::warn!(code = ?failure.code, "no server to check for updates");
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

/// No profile: no sessions, no update requests, no listener.
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

    async fn wait_until_out_of_session(&self) {}

    async fn wait_until_in_session(&self) {
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
