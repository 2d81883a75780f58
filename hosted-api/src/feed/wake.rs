//! What a listener receives: an event that was appended to its feed, or the end.

use std::sync::Arc;

use bytes::Bytes;
use training::wire::ByeReason;

use super::frame;
use crate::store::FeedEvent;

/// An event that was appended to a feed.
#[derive(Clone, Debug)]
pub(crate) struct Wake {
    pub(super) epoch: Arc<str>,
    pub(super) seq: u64,
    /// The ready-made message.
    pub(super) message: Bytes,
    /// Whether the stream ends after it.
    pub(super) is_last: bool,
}

impl Wake {
    /// Makes a stream reread the table: the empty epoch matches no cursor.
    pub(crate) fn reread() -> Self {
        Self { epoch: "".into(), seq: 0, message: Bytes::new(), is_last: false }
    }

    /// The wake-up calls for events just appended to one feed.
    pub(crate) fn all(epoch: &str, events: &[FeedEvent]) -> Vec<Self> {
        let name: Arc<str> = epoch.into();
        events
            .iter()
            .map(|event| Self {
                epoch: Arc::clone(&name),
                seq: event.seq,
                message: frame::event(epoch, event),
                is_last: event.is_reset(),
            })
            .collect()
    }
}

/// What a subscriber receives.
pub(super) enum Received {
    Wake(Wake),
    End(ByeReason),
}
