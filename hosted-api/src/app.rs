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

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// How often a byte comes on a stream when nothing happens.
    pub(crate) keep_alive: Duration,
    /// How long a request may take to be answered. A stream is answered at once.
    pub(crate) answer_within: Duration,
    /// How long an access token is good for.
    pub(crate) access_lifetime: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            keep_alive: FeedTiming::KEEP_ALIVE,
            // Longer than the longest poll.
            answer_within: Duration::from_secs(35),
            access_lifetime: Duration::from_mins(15),
        }
    }
}

/// Does work as a task of its own: once begun it ends, also when whoever asked for it has hung up meanwhile.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work.in_current_span()).await.map_err(ApiError::internal)?
}
