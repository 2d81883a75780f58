//! A listener's inbox: a bounded queue that holds no memory while it is empty, and an end that overtakes it.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use training::wire::ByeReason;

use super::wake::{Received, Wake};

/// How many events may be queued for one stream before it counts as too slow.
pub(super) const CAPACITY: usize = 64;

/// See the module. Single reader, many writers.
#[derive(Default)]
pub(super) struct Inbox(Mutex<State>);

#[derive(Default)]
struct State {
    wakes: VecDeque<Wake>,
    end: Option<ByeReason>,
    reader: Option<Waker>,
}

impl Inbox {
    /// Queues wake-ups. Returns whether there was room; if not, the inbox ends as too slow.
    pub(super) fn put(&self, wakes: &[Wake]) -> bool {
        let mut state = self.lock();
        let has_room = state.wakes.len() + wakes.len() <= CAPACITY;
        if has_room {
            state.wakes.extend(wakes.iter().cloned());
        } else {
            state.end.get_or_insert(ByeReason::TooSlow);
        }
        wake_reader(state);
        has_room
    }

    /// Ends the inbox. The first reason is kept.
    pub(super) fn end(&self, reason: ByeReason) {
        let mut state = self.lock();
        state.end.get_or_insert(reason);
        wake_reader(state);
    }

    /// Why it has ended, if it has.
    pub(super) fn ended(&self) -> Option<ByeReason> {
        self.lock().end
    }

    /// The next thing. An end overtakes queued events: they are in the table.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Received> {
        let mut state = self.lock();
        if let Some(reason) = state.end {
            return Poll::Ready(Received::End(reason));
        }
        let Some(wake) = state.wakes.pop_front() else {
            match &mut state.reader {
                Some(reader) => reader.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
            return Poll::Pending;
        };
        if state.wakes.is_empty() {
            state.wakes = VecDeque::new();
        }
        Poll::Ready(Received::Wake(wake))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing here panics midway through a change, so even a poisoned lock guards consistent data.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Releases the lock, then wakes the reader.
fn wake_reader(mut state: MutexGuard<'_, State>) {
    let reader = mem::take(&mut state.reader);
    drop(state);
    if let Some(reader) = reader {
        reader.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;

    use bytes::Bytes;
    use futures_util::poll;

    use super::*;

    fn wakes(count: usize) -> Vec<Wake> {
        (1..=count as u64).map(|seq| Wake { epoch: "e".into(), seq, message: Bytes::new() }).collect()
    }

    #[tokio::test]
    async fn wakes_are_received_in_order_and_wake_the_reader() {
        let inbox = Inbox::default();
        let mut next = pin!(poll_fn(|cx| inbox.poll_next(cx)));
        assert!(poll!(&mut next).is_pending());
        assert!(inbox.put(&wakes(2)));
        assert!(matches!(next.await, Received::Wake(Wake { seq: 1, .. })), "woken by what was put in");
        assert!(matches!(poll_fn(|cx| inbox.poll_next(cx)).await, Received::Wake(Wake { seq: 2, .. })));
        assert_eq!(inbox.lock().wakes.capacity(), 0, "an empty one holds nothing");
    }

    #[tokio::test]
    async fn an_end_overtakes_queued_wakes_and_keeps_its_first_reason() {
        let inbox = Inbox::default();
        assert!(inbox.put(&wakes(1)));
        inbox.end(ByeReason::SignedOut);
        inbox.end(ByeReason::Draining);
        assert!(matches!(poll_fn(|cx| inbox.poll_next(cx)).await, Received::End(ByeReason::SignedOut)));
    }

    #[tokio::test]
    async fn a_full_inbox_ends_as_too_slow() {
        let inbox = Inbox::default();
        assert!(inbox.put(&wakes(CAPACITY)));
        assert!(!inbox.put(&wakes(1)));
        assert_eq!(inbox.ended(), Some(ByeReason::TooSlow));
    }
}
