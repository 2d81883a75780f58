//! What every request can reach.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;
use training::UserId;
use training::wire::FeedTiming;

use crate::accounts::{Guesses, Passwords};
use crate::allowance::Allowance;
use crate::feed::Hub;
use crate::http::{ApiError, Bodies, TrustedProxies};
use crate::metrics::Metrics;
use crate::store::Store;
use crate::updates::Updates;

/// One running server.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) hub: Arc<Hub>,
    pub(crate) passwords: Passwords,
    pub(crate) guesses: Guesses,
    /// The commands of each person.
    pub(crate) commands: Allowance<UserId>,
    /// The sign-ins of each person that succeed.
    pub(crate) sign_ins: Allowance<UserId>,
    pub(crate) metrics: Metrics,
    pub(crate) timing: Timing,
    pub(crate) updates: Updates,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) bodies: Bodies,
}

/// Time limits and intervals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// The interval of keep-alive comments on an idle stream.
    pub(crate) keep_alive: Duration,
    /// The time limit for a response to begin. A stream's begins at once.
    pub(crate) response_timeout: Duration,
    /// How long after it came a sign-in that fails is answered: always the same, whether there was a password to check
    /// or not. Longer than a check takes, also when some wait for it.
    pub(crate) failed_sign_in_after: Duration,
    /// The lifetime of an access token.
    pub(crate) access_lifetime: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            keep_alive: FeedTiming::KEEP_ALIVE,
            // Longer than the longest poll.
            response_timeout: Duration::from_secs(35),
            failed_sign_in_after: Duration::from_secs(1),
            access_lifetime: Duration::from_mins(15),
        }
    }
}

/// So much in a day for each person. The first day's may be had at once; after that they are regained evenly.
pub(crate) fn a_day(most: u32) -> Allowance<UserId> {
    Allowance::new(most, Duration::from_hours(24) / most)
}

/// Runs work in its own task: once begun it completes, even if the client disconnects meanwhile.
pub(crate) async fn run_to_completion<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work.in_current_span()).await.map_err(ApiError::internal)?
}
