//! What every request can reach.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;
use training::wire::FeedTiming;

use crate::accounts::{Passwords, Throttle};
use crate::feed::Hub;
use crate::http::ApiError;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::updates::Updates;

/// One running server.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) hub: Arc<Hub>,
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
    pub(crate) metrics: Metrics,
    pub(crate) timing: Timing,
    pub(crate) updates: Updates,
}

/// Time limits and intervals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// The interval of keep-alive comments on an idle stream.
    pub(crate) keep_alive: Duration,
    /// The time limit for a response to begin. A stream's begins at once.
    pub(crate) response_timeout: Duration,
    /// The lifetime of an access token.
    pub(crate) access_lifetime: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            keep_alive: FeedTiming::KEEP_ALIVE,
            // Longer than the longest poll.
            response_timeout: Duration::from_secs(35),
            access_lifetime: Duration::from_mins(15),
        }
    }
}

/// Runs work in its own task: once begun it completes, even if the client disconnects meanwhile.
pub(crate) async fn run_to_completion<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work.in_current_span()).await.map_err(ApiError::internal)?
}
