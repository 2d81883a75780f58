//! Whose turn it is to be let into the feed.
//!
//! When a server comes back, everybody does, at once. Were all served side by side, all would be served last: each needs the
//! database twice, and the second time comes after everybody's first. Meanwhile those who are tired of waiting begin again,
//! and what was done for them was for nothing. A few at a time are each done quickly, and whoever waits for their turn
//! takes little memory. Only the feed has turns: what people do passes by those who come back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many streams are let in side by side: enough to keep the database's connections busy.
const STREAMS_AT_ONCE: usize = 28;
/// How many polls. Whoever gets their stream meanwhile no longer wants what they polled for, so streams go first; but not
/// always, because behind some networks there are only polls.
const POLLS_AT_ONCE: usize = 4;

/// How long a turn is waited for. Our own client has given up by then; whoever has not is let in without one, so that they
/// are told what is wrong.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What somebody wants of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    Stream,
    Poll,
}

/// See the module.
#[derive(Clone)]
pub(super) struct Permits {
    streams: Arc<Semaphore>,
    polls: Arc<Semaphore>,
}

/// Somebody's turn, until they pass it on or are done.
#[derive(Clone)]
pub(crate) struct Permit(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Permits {
    pub(super) fn new() -> Self {
        Self { streams: Arc::new(Semaphore::new(STREAMS_AT_ONCE)), polls: Arc::new(Semaphore::new(POLLS_AT_ONCE)) }
    }

    /// Waits for a turn; of those who want the same, whoever came first has theirs first.
    pub(super) async fn next(&self, wants: Wants) -> Permit {
        let permits = match wants {
            Wants::Stream => &self.streams,
            Wants::Poll => &self.polls,
        };
        let taken = timeout(LONGEST_WAIT, Arc::clone(permits).acquire_owned()).await;
        // The semaphore is never closed.
        Permit(Arc::new(Mutex::new(taken.ok().and_then(Result::ok))))
    }
}

impl Permit {
    /// Lets the next one in: whoever has this turn is about to wait for something else.
    pub(crate) fn pass_on(&self) {
        // Nothing in here panics half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, future::join_all};

    use super::*;

    #[tokio::test]
    async fn a_turn_is_passed_on_or_over_when_it_is_dropped() {
        let permits = Permits::new();
        let next = || permits.next(Wants::Stream).now_or_never();
        let mut all = join_all((0..STREAMS_AT_ONCE).map(|_| permits.next(Wants::Stream))).await;
        assert!(next().is_none(), "all are taken");
        all[0].pass_on();
        let passed_on = next().expect("one was passed on");
        assert!(next().is_none());
        drop(passed_on);
        assert!(next().is_some(), "dropped as soon as it was there");
        all.pop();
        assert!(next().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_too_long_is_let_in_without_a_turn() {
        let permits = Permits::new();
        let _all = join_all((0..STREAMS_AT_ONCE).map(|_| permits.next(Wants::Stream))).await;
        let late = permits.next(Wants::Stream).await;
        assert!(late.0.lock().expect("whole").is_none());
    }

    #[tokio::test]
    async fn however_many_come_for_a_stream_polls_have_their_turn() {
        let permits = Permits::new();
        let _all = join_all((0..STREAMS_AT_ONCE).map(|_| permits.next(Wants::Stream))).await;
        assert!(permits.next(Wants::Poll).now_or_never().is_some());
    }
}
