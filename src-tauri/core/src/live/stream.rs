//! One connection to the feed as a stream.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::time::{Instant, timeout_at};
use training::Envelope;
use training::wire::{Bye, ByeReason, Cursor, Hello, StreamSignal};

use super::sse::{Message, Parser};
use crate::failure::ApiError;

/// How long a stream may be silent: the server sends a byte every 15 s, so more than two are missing.
const SILENCE: Duration = Duration::from_secs(35);

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
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    /// The connection is gone, or has been silent for too long.
    #[error("the stream ended")]
    Gone,
    /// What came is not what a Ringside server sends.
    #[error("the stream sent something that is not of the feed")]
    Nonsense,
}

/// An open stream.
pub(crate) struct Stream {
    bytes: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    parser: Parser,
    messages: VecDeque<Message>,
    /// When the last byte came. It counts also while nobody listens: what is waited for is given up and begun again.
    received: Instant,
}

impl Stream {
    /// The stream an answer is.
    ///
    /// # Errors
    /// A success of ours that is no stream: something on the way has replaced the body.
    pub(crate) fn of(response: Response) -> Result<Self, ApiError> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if response.status() != 200 || !kind.eq_ignore_ascii_case("text/event-stream") {
            return Err(ApiError::NotRingside);
        }
        let bytes = response.bytes_stream().boxed();
        Ok(Self { bytes, parser: Parser::default(), messages: VecDeque::new(), received: Instant::now() })
    }

    /// The next thing that comes. Nothing is lost when it is no longer waited for.
    pub(crate) async fn next(&mut self) -> Result<Received, Ended> {
        loop {
            while let Some(message) = self.messages.pop_front() {
                if let Some(received) = read(&message)? {
                    return Ok(received);
                }
            }
            match timeout_at(self.received + SILENCE, self.bytes.next()).await {
                Ok(Some(Ok(bytes))) => {
                    self.received = Instant::now();
                    self.messages.extend(self.parser.feed(&bytes).map_err(|_too_long| Ended::Nonsense)?);
                }
                Ok(Some(Err(error))) => {
                    tracing::debug!(%error, "the stream broke");
                    return Err(Ended::Gone);
                }
                Ok(None) => return Err(Ended::Gone),
                Err(_silent) => {
                    tracing::debug!("the stream is silent");
                    return Err(Ended::Gone);
                }
            }
        }
    }
}

/// Reads one message; `None` for a kind this version does not know and may pass over.
fn read(Message { kind, data, id, id_is_its_own, retry }: &Message) -> Result<Option<Received>, Ended> {
    let nonsense = |_| Ended::Nonsense;
    Ok(Some(if kind == StreamSignal::Hello.as_str() {
        Received::Hello(serde_json::from_str::<Hello>(data).map_err(nonsense)?)
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
