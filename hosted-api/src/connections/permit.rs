//! Admission to the feed: permits that limit how many requests are served at once.
//!
//! When a server comes back, all clients reconnect at once. Served concurrently, all would finish last: each needs the
//! database twice, and its second query queues behind everybody's first. Meanwhile clients time out and retry, and the
//! work done for them is wasted. A few at a time are each done quickly, and a waiting request takes little memory. Only
//! the feed needs permits: commands don't queue behind reconnecting clients.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many streams are admitted at once: enough to keep the database's connections busy.
const CONCURRENT_STREAMS: usize = 28;
/// How many polls. A client that gets its stream no longer needs its poll, so most permits are for streams; but not
/// all, because on some networks only polls work.
const CONCURRENT_POLLS: usize = 4;

/// The longest wait for a permit. Our own client has given up by then; any other is admitted without one, so that it
/// gets an answer that says what is wrong.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// A request for the feed: a live stream, or a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FeedRequest {
    Stream,
    Poll,
}

/// See the module.
#[derive(Clone)]
pub(super) struct Permits {
    streams: Arc<Semaphore>,
    polls: Arc<Semaphore>,
}

/// A permit, held until it is passed on or dropped.
#[derive(Clone)]
pub(crate) struct Permit(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Permits {
    pub(super) fn new() -> Self {
        Self {
            streams: Arc::new(Semaphore::new(CONCURRENT_STREAMS)),
            polls: Arc::new(Semaphore::new(CONCURRENT_POLLS)),
        }
    }

    /// Waits for a permit; first come, first served among requests of the same kind.
    pub(super) async fn acquire(&self, request: FeedRequest) -> Permit {
        let permits = match request {
            FeedRequest::Stream => &self.streams,
            FeedRequest::Poll => &self.polls,
        };
        let taken = timeout(MAX_WAIT, Arc::clone(permits).acquire_owned()).await;
        // The semaphore is never closed.
        Permit(Arc::new(Mutex::new(taken.ok().and_then(Result::ok))))
    }
}

impl Permit {
    /// Admits the next request: the holder of this permit is about to wait for something else.
    pub(crate) fn pass_on(&self) {
        // Nothing here panics midway through a change, so even a poisoned lock guards consistent data.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, future::join_all};

    use super::*;

    #[tokio::test]
    async fn a_permit_is_freed_when_passed_on_or_dropped() {
        let permits = Permits::new();
        let acquire = || permits.acquire(FeedRequest::Stream).now_or_never();
        let mut all = join_all((0..CONCURRENT_STREAMS).map(|_| permits.acquire(FeedRequest::Stream))).await;
        assert!(acquire().is_none(), "all are taken");
        all[0].pass_on();
        let passed_on = acquire().expect("one was passed on");
        assert!(acquire().is_none());
        drop(passed_on);
        assert!(acquire().is_some(), "dropped as soon as it was there");
        all.pop();
        assert!(acquire().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_waits_too_long_is_admitted_without_a_permit() {
        let permits = Permits::new();
        let _all = join_all((0..CONCURRENT_STREAMS).map(|_| permits.acquire(FeedRequest::Stream))).await;
        let late = permits.acquire(FeedRequest::Stream).await;
        assert!(late.0.lock().expect("whole").is_none());
    }

    #[tokio::test]
    async fn waiting_streams_do_not_block_polls() {
        let permits = Permits::new();
        let _all = join_all((0..CONCURRENT_STREAMS).map(|_| permits.acquire(FeedRequest::Stream))).await;
        assert!(permits.acquire(FeedRequest::Poll).now_or_never().is_some());
    }
}
