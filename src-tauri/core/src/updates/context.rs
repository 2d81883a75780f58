//! What the work on updates is done beside: a profile that is open, or none that could be.

use std::future::Future;

use rand::rngs::StdRng;
use tokio::sync::watch;

use super::UpdateRequests;
use crate::address::ServerUrl;
use crate::bridge::Update;
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
