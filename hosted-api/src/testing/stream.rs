//! A stream as a client reads it.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::Response;
use serde_json::Value;

/// Nothing takes this long; a test that waits longer has found a bug.
const TIMEOUT: Duration = Duration::from_secs(90);

/// An open stream.
pub(crate) struct TestStream {
    pub(crate) response_headers: reqwest::header::HeaderMap,
    bytes: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    /// Bytes received but not parsed yet; they may end within a character.
    unread: Vec<u8>,
}

/// One message.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) data: Value,
}

impl TestStream {
    pub(crate) fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        let response_headers = response.headers().clone();
        Self { response_headers, bytes: Box::pin(response.bytes_stream()), unread: Vec::new() }
    }

    /// The next message about the stream or an event; none when the stream has ended. Who is there is passed over.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.next_of_any_kind().await?.filter(|message| message.event != "presence-changed")
            {
                return Some(message);
            }
        }
    }

    /// Who has come or gone next, before any other message.
    pub(crate) async fn presence(&mut self) -> Value {
        loop {
            if let Some(message) = self.next_of_any_kind().await.expect("the stream goes on") {
                assert_eq!((message.event.as_str(), message.id.as_str()), ("presence-changed", ""), "{message:?}");
                return message.data;
            }
        }
    }

    /// The next message, or none for a comment; nothing when the stream has ended.
    pub(crate) async fn next_of_any_kind(&mut self) -> Option<Option<Message>> {
        Some(Message::parse(&self.block().await?))
    }

    /// The next thing on the stream, which must be a comment.
    pub(crate) async fn comment(&mut self) -> String {
        let block = self.block().await.expect("the stream goes on");
        assert!(block.starts_with(':'), "{block:?}");
        block.trim_end().to_owned()
    }

    /// Everything up to the next blank line.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let block = self.unread.drain(..end + 2).collect();
                return Some(String::from_utf8(block).expect("a message is text"));
            }
            let chunk = tokio::time::timeout(TIMEOUT, self.bytes.next()).await.expect("a message comes in time")?;
            // A broken connection ends the stream as well.
            self.unread.extend_from_slice(&chunk.ok()?);
        }
    }

    /// The next message, which must be this event.
    pub(crate) async fn expect(&mut self, event: &str) -> Message {
        let message = self.next().await.expect("the stream goes on");
        assert_eq!(message.event, event, "{message:?}");
        message
    }
}

impl Message {
    /// The message of a block; none for a comment.
    fn parse(block: &str) -> Option<Self> {
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_default().to_owned()
        };
        let event = field("event");
        if event.is_empty() {
            return None;
        }
        let data = serde_json::from_str(&field("data")).expect("data is JSON");
        Some(Self { id: field("id"), event, data })
    }

    pub(crate) fn seq(&self) -> u64 {
        self.data["seq"].as_u64().expect("an event has a number")
    }
}
