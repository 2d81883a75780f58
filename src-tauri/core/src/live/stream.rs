//! One streaming connection to the feed.

use std::time::Duration;

use futures_util::StreamExt;
use serde::Deserialize;
use training::Envelope;
use training::wire::{API_VERSION, Bye, ByeReason, Cursor, Hello, Presence, StreamSignal};

use crate::environment::{Event, EventStream, Silent};

/// A message received over the stream.
#[derive(Debug)]
pub(crate) enum Received {
    /// The stream is up.
    Hello(Hello),
    /// An event of the feed, with the feed's epoch.
    Event {
        /// The epoch of the cursor the event came with.
        epoch: String,
        /// The event.
        envelope: Box<Envelope>,
    },
    /// The feed can't be followed from here: the cursor can't be continued, or the event is from a newer version.
    Reset,
    /// An athlete has come or gone.
    Presence(Presence),
    /// The server ends the stream, with a reason and, where it matters, a retry delay.
    Bye(ByeReason, Option<Duration>),
}

/// Why the stream ended.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Ended {
    /// The connection is gone.
    #[error("the stream ended")]
    Gone,
    /// Nothing came for too long.
    #[error("the stream is silent")]
    Silent,
    /// The server speaks another version of the wire contract.
    #[error("the server speaks another version")]
    OtherVersion,
    /// A Ringside server would not send this.
    #[error("the stream sent a malformed message")]
    Malformed,
}

/// An open stream. Dropping it closes its connection.
pub(crate) struct Stream {
    events: EventStream,
    /// The last id received. The parser gives a message without an id the previous one.
    last_id: String,
    /// Whether the first message has been received.
    begun: bool,
}

impl Stream {
    /// A stream over these messages.
    pub(crate) fn of(events: EventStream) -> Self {
        Self { events, last_id: String::new(), begun: false }
    }

    /// Receives the next message. Cancel-safe: no message is lost if the future is dropped.
    pub(crate) async fn next(&mut self) -> Result<Received, Ended> {
        loop {
            let event = self.events.next().await.ok_or(Ended::Gone)?.map_err(|Silent| Ended::Silent)?;
            let id_is_its_own = event.id != self.last_id;
            let received = read(&event, id_is_its_own)?;
            self.last_id = event.id;
            let begun = std::mem::replace(&mut self.begun, true);
            match received {
                Some(received) => return Ok(received),
                None if begun => {}
                // Our streams begin with a signal, so this is not one of ours.
                None => return Err(Ended::Malformed),
            }
        }
    }
}

/// Reads one message; `None` for a kind this version does not know and may ignore.
fn read(Event { event: kind, data, id, retry }: &Event, id_is_its_own: bool) -> Result<Option<Received>, Ended> {
    let malformed = |_| Ended::Malformed;
    Ok(Some(if kind == StreamSignal::Hello.as_str() {
        Received::Hello(hello(data)?)
    } else if kind == StreamSignal::Reset.as_str() {
        Received::Reset
    } else if kind == StreamSignal::Bye.as_str() {
        Received::Bye(serde_json::from_str::<Bye>(data).map_err(malformed)?.reason, *retry)
    } else if kind == StreamSignal::PresenceChanged.as_str() && !id_is_its_own {
        // What only a newer version can read says nothing here, and the stream goes on.
        return Ok(serde_json::from_str(data).ok().map(Received::Presence));
    } else if id.is_empty() || !id_is_its_own {
        return Ok(None);
    } else {
        let cursor: Cursor = id.parse().map_err(|_| Ended::Malformed)?;
        // An event from a newer server: a snapshot has the change in a form this version can read.
        let Ok(envelope) = serde_json::from_str::<Envelope>(data) else { return Ok(Some(Received::Reset)) };
        if envelope.seq != cursor.seq {
            return Err(Ended::Malformed);
        }
        Received::Event { epoch: cursor.epoch, envelope: Box::new(envelope) }
    }))
}

/// Reads a `hello`. The version is checked first: another version may have a different `hello`.
fn hello(data: &str) -> Result<Hello, Ended> {
    #[derive(Deserialize)]
    struct Version {
        api_version: Option<String>,
    }
    let Version { api_version } = serde_json::from_str(data).map_err(|_| Ended::Malformed)?;
    // A server that omits the field predates it, and has this version: it answered the snapshot request.
    if api_version.is_some_and(|version| version != API_VERSION) {
        return Err(Ended::OtherVersion);
    }
    serde_json::from_str(data).map_err(|_| Ended::Malformed)
}

#[cfg(test)]
mod tests;
