//! What the update task needs from its surroundings: an open profile, or none that could be opened.

use std::future::Future;

use rand::rngs::StdRng;
use tokio::sync::{Notify, watch};

use crate::address::ServerUrl;
use crate::bridge::Update;
use crate::home::Home;

/// See the module.
pub(crate) trait UpdateContext: Sync {
    /// The data directory of this installation.
    fn home(&self) -> &Home;

    /// The server it connects to.
    fn server(&self) -> ServerUrl;

    /// The update state that was last emitted.
    fn update(&self) -> Update;

    /// Emits the update state.
    fn emit_update(&self, update: Update);

    /// The person's requests.
    fn requests(&self) -> &UpdateRequests;

    /// Whether a session is active in this process.
    fn is_in_session(&self) -> impl Future<Output = bool> + Send;

    /// Returns once no session is active.
    fn wait_until_out_of_session(&self) -> impl Future<Output = ()> + Send;

    /// Returns once a session is active.
    fn wait_until_in_session(&self) -> impl Future<Output = ()> + Send;

    /// Changes whenever this machine has slept.
    fn sleeps(&self) -> watch::Receiver<u64>;

    /// The time by the wall clock.
    fn now(&self) -> jiff::Timestamp;

    /// A random number generator for one use.
    fn rng(&self) -> StdRng;
}

/// The requests of a person.
#[derive(Debug, Default)]
pub(crate) struct UpdateRequests {
    /// Check now.
    pub(crate) check: Notify,
    /// Install the version that is ready.
    pub(crate) install: Notify,
}
