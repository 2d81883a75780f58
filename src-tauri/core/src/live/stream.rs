//! One connection to the feed as a stream. The only file that knows `reqwest_eventsource`.
//!
//! That crate would reconnect by itself, with the first request over again: an old token, an old cursor. So it never
//! may ([`Never`]): one object is one connection, and the supervisor decides about the next.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::RequestBuilder;
use reqwest_eventsource::retry::Never;
use reqwest_eventsource::{Error, Event, EventSource};
use training::Envelope;
use training::wire::{Bye, ByeReason, Cursor, Hello, StreamSignal};

use crate::api::refused;
use crate::failure::ApiError;

/// What comes over the stream.
#[derive(Debug)]
pub(crate) enum Heard {
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

/// Why there is nothing more to hear.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    /// The connection is gone.
    #[error("the stream ended")]
    Gone,
    /// It never became a stream.
    #[error(transparent)]
    Refused(ApiError),
    /// What came is not what a Ringside server sends.
    #[error("the stream sent something that is not of the feed")]
    Nonsense,
}

/// An open stream, or one being opened.
pub(crate) struct Stream {
    source: EventSource,
}

impl Stream {
    /// Opens a stream by `request`; whether that works shows at the first [`Stream::next`].
    pub(crate) fn open(request: RequestBuilder) -> Result<Self, Ended> {
        // A request without a body can always be cloned, which is all that may fail here.
        let mut source = EventSource::new(request).map_err(|_| Ended::Nonsense)?;
        source.set_retry_policy(Box::new(Never));
        Ok(Self { source })
    }

    /// The next thing that comes.
    pub(crate) async fn next(&mut self) -> Result<Heard, Ended> {
        loop {
            match self.source.next().await {
                Some(Ok(Event::Open)) => {}
                Some(Ok(Event::Message(message))) => {
                    if let Some(heard) = read(&message.event, &message.data, &message.id, message.retry)? {
                        return Ok(heard);
                    }
                }
                Some(Err(Error::InvalidStatusCode(_, response) | Error::InvalidContentType(_, response))) => {
                    return Err(Ended::Refused(refused(response).await));
                }
                Some(Err(Error::Transport(error))) => return Err(Ended::Refused(error.into())),
                Some(Err(error)) => {
                    tracing::debug!(%error, "the stream ended");
                    return Err(Ended::Gone);
                }
                None => return Err(Ended::Gone),
            }
        }
    }
}

/// Reads one message; `None` for a kind this version does not know and may pass over.
fn read(kind: &str, data: &str, id: &str, retry: Option<Duration>) -> Result<Option<Heard>, Ended> {
    let nonsense = |_| Ended::Nonsense;
    Ok(Some(if kind == StreamSignal::Hello.as_str() {
        Heard::Hello(serde_json::from_str::<Hello>(data).map_err(nonsense)?)
    } else if kind == StreamSignal::Reset.as_str() {
        Heard::Reset
    } else if kind == StreamSignal::Bye.as_str() {
        Heard::Bye(serde_json::from_str::<Bye>(data).map_err(nonsense)?.reason, retry)
    } else if id.is_empty() {
        return Ok(None);
    } else {
        let cursor: Cursor = id.parse().map_err(|_| Ended::Nonsense)?;
        // Something a newer server tells: what it changed is in a snapshot, in words this version knows.
        let Ok(envelope) = serde_json::from_str::<Envelope>(data) else { return Ok(Some(Heard::Reset)) };
        if envelope.seq != cursor.seq {
            return Err(Ended::Nonsense);
        }
        Heard::Event { epoch: cursor.epoch, envelope: Box::new(envelope) }
    }))
}
