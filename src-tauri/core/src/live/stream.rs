//! One connection to the feed as a stream.

use std::time::Duration;

use futures_util::StreamExt;
use serde::Deserialize;
use training::Envelope;
use training::wire::{API_VERSION, Bye, ByeReason, Cursor, Hello, StreamSignal};

use crate::environment::{Event, EventStream};

/// What comes over the stream.
#[derive(Debug)]
pub(crate) enum Received {
    /// The stream is up.
    Hello(Hello),
    /// An event of the feed, and its feed's epoch.
    Event {
        /// The epoch of the cursor the event came with.
        epoch: String,
        /// The event.
        envelope: Box<Envelope>,
    },
    /// The feed can't be followed from here: the cursor can't be continued, or what comes is of a newer version.
    Reset,
    /// The server ends the stream, and says why, and after how long to come back if that matters.
    Bye(ByeReason, Option<Duration>),
}

/// Why nothing more comes.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Ended {
    /// The connection is gone, or has been silent for too long.
    #[error("the stream ended")]
    Gone,
    /// The server speaks another version of the wire contract.
    #[error("the stream is of another version")]
    OtherVersion,
    /// What came is not what a Ringside server sends.
    #[error("the stream sent something that is not of the feed")]
    Nonsense,
}

/// An open stream. Dropping it closes its connection.
pub(crate) struct Stream {
    events: EventStream,
    /// The id that came last. The parser gives a message without an id the one before it.
    last_id: String,
    /// Whether the first message has passed.
    begun: bool,
}

impl Stream {
    /// The stream whose messages these are.
    pub(crate) fn of(events: EventStream) -> Self {
        Self { events, last_id: String::new(), begun: false }
    }

    /// The next thing that comes. Nothing is lost when it is no longer waited for.
    pub(crate) async fn next(&mut self) -> Result<Received, Ended> {
        loop {
            let event = self.events.next().await.ok_or(Ended::Gone)?;
            let id_is_its_own = event.id != self.last_id;
            let received = read(&event, id_is_its_own)?;
            self.last_id = event.id;
            let begun = std::mem::replace(&mut self.begun, true);
            match received {
                Some(received) => return Ok(received),
                None if begun => {}
                // Ours begin with a signal: this is somebody else's stream.
                None => return Err(Ended::Nonsense),
            }
        }
    }
}

/// Reads one message; `None` for a kind this version does not know and may pass over.
fn read(Event { event: kind, data, id, retry }: &Event, id_is_its_own: bool) -> Result<Option<Received>, Ended> {
    let nonsense = |_| Ended::Nonsense;
    Ok(Some(if kind == StreamSignal::Hello.as_str() {
        Received::Hello(hello(data)?)
    } else if kind == StreamSignal::Reset.as_str() {
        Received::Reset
    } else if kind == StreamSignal::Bye.as_str() {
        Received::Bye(serde_json::from_str::<Bye>(data).map_err(nonsense)?.reason, *retry)
    } else if id.is_empty() || !id_is_its_own {
        return Ok(None);
    } else {
        let cursor: Cursor = id.parse().map_err(|_| Ended::Nonsense)?;
        // Something a newer server tells: what it changed is in a snapshot, in words this version knows.
        let Ok(envelope) = serde_json::from_str::<Envelope>(data) else { return Ok(Some(Received::Reset)) };
        if envelope.seq != cursor.seq {
            return Err(Ended::Nonsense);
        }
        Received::Event { epoch: cursor.epoch, envelope: Box::new(envelope) }
    }))
}

/// Reads the first message. Its version comes first: another one may have another `hello`.
fn hello(data: &str) -> Result<Hello, Ended> {
    #[derive(Deserialize)]
    struct Version {
        api_version: Option<String>,
    }
    let Version { api_version } = serde_json::from_str(data).map_err(|_| Ended::Nonsense)?;
    // A server that does not say it is older than this field, and of this version: it answered the snapshot.
    if api_version.is_some_and(|version| version != API_VERSION) {
        return Err(Ended::OtherVersion);
    }
    serde_json::from_str(data).map_err(|_| Ended::Nonsense)
}

#[cfg(test)]
mod tests;
