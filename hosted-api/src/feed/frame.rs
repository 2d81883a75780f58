//! The text of an event, as JSON and as a message of the stream.

use bytes::Bytes;
use rand::Rng;
use serde::Serialize;
use training::wire::{Bye, ByeReason, Cursor, Hello, Presence, StreamSignal};

use crate::store::FeedEvent;

/// A comment line that keeps proxies and the client from timing out.
pub(super) const KEEP_ALIVE: Bytes = Bytes::from_static(b": keep-alive\n\n");
/// Clients reconnect after a random delay of up to this long when the server drains, in milliseconds.
const MAX_RECONNECT_DELAY_MS: u32 = 3_000;

/// The envelope of an event. `seq` is spliced in front of the stored body, which is neither parsed nor re-serialised.
pub(super) fn envelope(event: &FeedEvent) -> String {
    // A stored body is an object with at least one member, so the rest of it can follow a comma.
    format!("{{\"seq\":{},{}", event.seq, event.body.strip_prefix('{').unwrap_or("}"))
}

/// An event as a message of the stream; a reset as its signal.
pub(super) fn event(epoch: &str, event: &FeedEvent) -> Bytes {
    if event.is_reset() {
        return reset();
    }
    let FeedEvent { seq, kind, .. } = event;
    format!("id: {epoch}.{seq}\nevent: {kind}\ndata: {}\n\n", envelope(event)).into()
}

/// The first message. Its id lets a client resume from here before any event has arrived.
pub(super) fn hello(hello: &Hello) -> Bytes {
    let id = format!("id: {}\n", hello.cursor);
    signal(&id, StreamSignal::Hello, hello)
}

/// Tells the client that it needs a new snapshot.
pub(super) fn reset() -> Bytes {
    // An empty id makes the client drop the cursor that it can't resume from.
    signal("id: \n", StreamSignal::Reset, &serde_json::json!({}))
}

/// That an athlete has come or gone. Without an id: it is no event of the feed.
pub(super) fn presence(presence: &Presence) -> Bytes {
    signal("", StreamSignal::PresenceChanged, presence)
}

/// The last message.
pub(super) fn bye(reason: ByeReason) -> Bytes {
    let retry = match reason {
        // All clients disconnect at once; they should not all reconnect at once.
        ByeReason::Draining => format!("retry: {}\n", rand::rng().random_range(0..MAX_RECONNECT_DELAY_MS)),
        ByeReason::TokenExpired | ByeReason::SignedOut | ByeReason::TooSlow | ByeReason::Unknown(_) => String::new(),
    };
    signal(&retry, StreamSignal::Bye, &Bye { reason })
}

/// The cursor after an event.
pub(super) fn after(epoch: &str, seq: u64) -> Cursor {
    Cursor { epoch: epoch.to_owned(), seq }
}

fn signal(before: &str, signal: StreamSignal, data: &impl Serialize) -> Bytes {
    // Our own plain structs always serialise.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("{before}event: {}\ndata: {data}\n\n", signal.as_str()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_number_precedes_the_stored_body() {
        let stored = FeedEvent { seq: 7, kind: "round-released".to_owned(), body: r#"{"a":1}"#.to_owned() };
        assert_eq!(envelope(&stored), r#"{"seq":7,"a":1}"#);
        assert_eq!(event("e", &stored), "id: e.7\nevent: round-released\ndata: {\"seq\":7,\"a\":1}\n\n".as_bytes());
    }
}
