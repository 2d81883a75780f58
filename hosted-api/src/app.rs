//! What every request can reach.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Semaphore;
use tracing::Instrument;
use training::UserId;
use training::wire::FeedTiming;

use crate::accounts::{Lifetimes, PasswordAttempts, Passwords};
use crate::blobs::Blobs;
use crate::feed::{Attendance, Hub};
use crate::http::{ApiError, Bodies, TrustedProxies};
use crate::metrics::Metrics;
use crate::rate_limiter::RateLimiter;
use crate::shared_rate_limiter::SharedRateLimiter;
use crate::store::Store;
use crate::updates::{PublicUrl, Updates};

/// How many uploads are looked into at once.
pub(crate) const INSPECTIONS: usize = 2;
/// How many questions look through a studio's sessions at once.
pub(crate) const SEARCHES: usize = 1;

/// How many imports are stored or taken back at once: each has its plan in memory and keeps the database busy.
pub(crate) const IMPORTS: usize = 1;
/// How many exports are written at once: each has a thread.
pub(crate) const EXPORTS: usize = 2;

/// One running server.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) hub: Arc<Hub>,
    /// Which athletes are there.
    pub(crate) attendance: Arc<Attendance>,
    pub(crate) passwords: Passwords,
    pub(crate) password_attempts: PasswordAttempts,
    /// The commands of each person.
    pub(crate) commands: RateLimiter<UserId>,
    /// The sign-ins of each person that succeed.
    pub(crate) sign_ins: SharedRateLimiter,
    pub(crate) metrics: Metrics,
    pub(crate) timing: Timing,
    pub(crate) updates: Updates,
    /// Where it listens, once it does.
    pub(crate) listening: OnceLock<SocketAddr>,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) bodies: Bodies,
    /// Where files are kept, if there is a place for them.
    pub(crate) data_dir: Option<PathBuf>,
    /// Where the files of videos are, if there is a place for them.
    pub(crate) blobs: Option<Blobs>,
    /// How many files may be looked into at once.
    pub(crate) inspections: Arc<Semaphore>,
    /// How many questions that look through all of a studio's sessions may be answered at once.
    pub(crate) searches: Semaphore,
    /// How many imports may be stored or taken back at once.
    pub(crate) imports: Semaphore,
    /// How many exports may be written at once.
    pub(crate) exports: Arc<Semaphore>,
}

impl App {
    /// The address people reach the server at: as configured, or else where it listens, which leads nowhere from another
    /// machine if that is this machine only.
    pub(crate) fn public_url(&self) -> Result<PublicUrl, ApiError> {
        let configured = self.updates.public_url.clone();
        let listening = || self.listening.get().and_then(|address| PublicUrl::of_host(&address.to_string()));
        configured.or_else(listening).ok_or_else(|| ApiError::internal(NoAddress))
    }
}

/// A request was answered by a server that listens nowhere: a bug.
#[derive(Debug, thiserror::Error)]
#[error("the server does not know where it listens")]
struct NoAddress;

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
    /// The lifetimes of tokens.
    pub(crate) lifetimes: Lifetimes,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            keep_alive: FeedTiming::KEEP_ALIVE,
            // Longer than the longest poll.
            response_timeout: Duration::from_secs(35),
            failed_sign_in_after: Duration::from_secs(1),
            lifetimes: Lifetimes::default(),
        }
    }
}

/// Runs work in its own task: once begun it completes, even if the client disconnects meanwhile.
pub(crate) async fn run_to_completion<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work.in_current_span()).await.map_err(ApiError::internal)?
}
