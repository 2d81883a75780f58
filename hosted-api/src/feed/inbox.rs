//! A listener's inbox: a bounded queue that holds no memory while it is empty, and an end that overtakes it.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use training::wire::ByeReason;

use super::wake::{Received, Wake};

/// How many events may be queued for one stream before it counts as too slow.
pub(super) const QUEUE: usize = 64;

/// See the module. Single reader, many writers.
#[derive(Default)]
pub(super) struct Inbox(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    wakes: VecDeque<Wake>,
    end: Option<ByeReason>,
    reader: Option<Waker>,
}

impl Inbox {
    /// Queues wake-ups. Returns whether there was room; if not, the inbox ends as too slow.
    pub(super) fn put(&self, wakes: &[Wake]) -> bool {
        let mut waiting = self.lock();
        let has_room = waiting.wakes.len() + wakes.len() <= QUEUE;
        if has_room {
            waiting.wakes.extend(wakes.iter().cloned());
        } else {
            waiting.end.get_or_insert(ByeReason::TooSlow);
        }
        wake_reader(waiting);
        has_room
    }

    /// Ends the inbox. The first reason is kept.
    pub(super) fn end(&self, reason: ByeReason) {
        let mut waiting = self.lock();
        waiting.end.get_or_insert(reason);
        wake_reader(waiting);
    }

    /// Why it has ended, if it has.
    pub(super) fn ended(&self) -> Option<ByeReason> {
        self.lock().end
    }

    /// The next thing. An end overtakes queued events: they are in the table.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Received> {
        let mut waiting = self.lock();
        if let Some(reason) = waiting.end {
            return Poll::Ready(Received::End(reason));
        }
        let Some(wake) = waiting.wakes.pop_front() else {
            match &mut waiting.reader {
                Some(reader) => reader.clone_from(cx.waker()),
                none => *none = Some(cx.waker().clone()),
            }
            return Poll::Pending;
        };
        if waiting.wakes.is_empty() {
            waiting.wakes = VecDeque::new();
        }
        Poll::Ready(Received::Wake(wake))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing here panics midway through a change, so even a poisoned lock guards consistent data.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Releases the lock, then wakes the reader.
fn wake_reader(mut waiting: MutexGuard<'_, Waiting>) {
    let reader = mem::take(&mut waiting.reader);
    drop(waiting);
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
    async fn what_is_put_in_comes_out_in_its_order_and_wakes_who_waits() {
        let inbox = Inbox::default();
        let mut next = pin!(poll_fn(|cx| inbox.poll_next(cx)));
        assert!(poll!(&mut next).is_pending());
        assert!(inbox.put(&wakes(2)));
        assert!(matches!(next.await, Received::Wake(Wake { seq: 1, .. })), "woken by what was put in");
        assert!(matches!(poll_fn(|cx| inbox.poll_next(cx)).await, Received::Wake(Wake { seq: 2, .. })));
        assert_eq!(inbox.lock().wakes.capacity(), 0, "an empty one holds nothing");
    }

    #[tokio::test]
    async fn an_end_overtakes_what_waits_and_the_first_reason_stands() {
        let inbox = Inbox::default();
        assert!(inbox.put(&wakes(1)));
        inbox.end(ByeReason::SignedOut);
        inbox.end(ByeReason::Draining);
        assert!(matches!(poll_fn(|cx| inbox.poll_next(cx)).await, Received::End(ByeReason::SignedOut)));
    }

    #[tokio::test]
    async fn what_finds_no_room_is_the_end() {
        let inbox = Inbox::default();
        assert!(inbox.put(&wakes(QUEUE)));
        assert!(!inbox.put(&wakes(1)));
        assert_eq!(inbox.ended(), Some(ByeReason::TooSlow));
    }
}
