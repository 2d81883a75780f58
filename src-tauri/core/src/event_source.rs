//! Opening an event stream with `reqwest_eventsource`. Nothing else in the core uses that crate.
//!
//! One connection per call. The library's reconnecting is disabled: it would repeat the request with the same token and
//! the same cursor. The live supervisor decides when to reconnect.

use std::panic::AssertUnwindSafe;

use futures_util::{StreamExt, stream};
use reqwest::{Client, Request, RequestBuilder};
use reqwest_eventsource::retry::Never;
use reqwest_eventsource::{Error, Event, EventSource};

use crate::environment::{EventStream, OpenError, Silent, TransportError};

/// Opens a stream. The library sets `Accept: text/event-stream` by itself.
pub(crate) async fn open(client: Client, request: Request) -> Result<EventStream, OpenError> {
    let source = EventSource::new(RequestBuilder::from_parts(client, request));
    let mut source = source.map_err(|error| TransportError::Broken(error.into()))?;
    source.set_retry_policy(Box::new(Never));
    match source.next().await {
        Some(Ok(_open)) => Ok(events(source)),
        Some(Err(Error::InvalidStatusCode(_, response) | Error::InvalidContentType(_, response))) => {
            Err(OpenError::NoStream(Box::new(response)))
        }
        Some(Err(error)) => Err(transport_error(error).into()),
        None => Err(transport_error(Error::StreamEnded).into()),
    }
}

/// The messages, until the stream ends.
fn events(source: EventSource) -> EventStream {
    // The parser, eventsource-stream 0.2.3, panics at a byte order mark. That may end the stream, but not our
    // supervisor.
    let source = AssertUnwindSafe(source).catch_unwind();
    stream::unfold(source, |mut source| async move {
        match source.next().await? {
            Ok(Ok(Event::Message(event))) => Some((Ok(event), source)),
            // Sent once, before everything else.
            Ok(Ok(Event::Open)) => None,
            Ok(Err(error)) => {
                let error = transport_error(error);
                tracing::debug!(error = &error as &dyn std::error::Error, "the stream ended");
                // The source ends by itself after an error.
                matches!(error, TransportError::Timeout).then_some((Err(Silent), source))
            }
            Err(_panic) => {
                tracing::debug!("the stream can't be read");
                None
            }
        }
    })
    .fuse()
    .boxed()
}

fn transport_error(error: Error) -> TransportError {
    match error {
        Error::Transport(error) => error.into(),
        error => TransportError::Broken(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::Method;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::task::JoinHandle;
    use tokio::time::{sleep, timeout};

    use super::*;
    use crate::address::ServerUrl;
    use crate::this_machine::client;

    const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";
    /// How long a stream may be silent where that is what a test is about: longer than a busy machine stalls.
    const SILENCE: Duration = Duration::from_secs(8);
    /// How long it may be silent elsewhere.
    const ANY_SILENCE: Duration = Duration::from_mins(1);
    /// How long nothing must come, where nothing should.
    const NOTHING_WITHIN: Duration = Duration::from_secs(1);

    type Opened = JoinHandle<Result<EventStream, OpenError>>;

    /// Opens a stream that may be silent for so long. Returns the outcome, the server's end of the connection with the
    /// head of the request, and the listener.
    async fn opening(silence: Duration) -> (Opened, TcpStream, String, TcpListener) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let server: ServerUrl = url.parse().expect("an address");
        let client = client(&server).read_timeout(silence).build().expect("a client");
        let opened = tokio::spawn(open(client, Request::new(Method::GET, server.at("/v1/feed"))));
        let (mut socket, _) = listener.accept().await.expect("it connects");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.expect("it asks"));
        }
        (opened, socket, String::from_utf8(head).expect("text").to_lowercase(), listener)
    }

    /// Opens a stream that starts with `text` and may then be silent for so long.
    async fn streaming(text: &str, silence: Duration) -> (EventStream, TcpStream, TcpListener) {
        let (opened, mut socket, head, listener) = opening(silence).await;
        assert_eq!(head.matches("accept: ").count(), 1, "{head}");
        assert!(head.contains("accept: text/event-stream\r\n"), "{head}");
        socket.write_all(format!("{STREAM}{text}").as_bytes()).await.expect("open");
        (opened.await.expect("no panic").expect("a stream"), socket, listener)
    }

    async fn is_closed(socket: &mut TcpStream) -> bool {
        matches!(socket.read(&mut [0]).await, Ok(0) | Err(_))
    }

    #[tokio::test]
    async fn an_answer_that_is_not_a_stream_is_passed_on_complete() {
        for (status, kind) in
            [(200, "text/html"), (204, "text/event-stream"), (503, "application/problem+json"), (302, "")]
        {
            let (opened, mut socket, ..) = opening(ANY_SILENCE).await;
            let kind = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
            let body = if status == 204 { "" } else { "Content-Length: 5\r\n\r\nhello" };
            let end = if status == 204 { "\r\n" } else { "" };
            let answer = format!("HTTP/1.1 {status} Whatever\r\nRetry-After: 7\r\nLocation: /\r\n{kind}{body}{end}");
            socket.write_all(answer.as_bytes()).await.expect("open");
            let Ok(Err(OpenError::NoStream(answer))) = opened.await else { panic!("{status} is no stream") };
            assert_eq!(
                (answer.status().as_u16(), answer.headers()["retry-after"].as_bytes()),
                (status, b"7".as_slice())
            );
            let expected = if status == 204 { "" } else { "hello" };
            assert_eq!(answer.text().await.expect("its body"), expected);
        }
    }

    #[tokio::test]
    async fn a_connection_that_breaks_before_an_answer_is_lost() {
        let (opened, socket, ..) = opening(ANY_SILENCE).await;
        drop(socket);
        assert!(matches!(opened.await, Ok(Err(OpenError::Transport(TransportError::Broken(_))))));
        let (opened, _socket, ..) = opening(SILENCE).await;
        assert!(matches!(opened.await, Ok(Err(OpenError::Transport(TransportError::Timeout)))));
    }

    #[tokio::test]
    async fn a_stream_that_ends_or_is_unreadable_is_not_reopened() {
        // A byte order mark, at which the parser panics, among the rest.
        for (text, messages) in [("data: a\n\n", 1), ("retry: 1\ndata: a\n\ndata", 1), ("\u{feff}data: a\n\n", 0)] {
            let (mut events, mut socket, listener) = streaming(text, ANY_SILENCE).await;
            socket.shutdown().await.expect("open");
            for _ in 0..messages {
                assert_eq!(events.next().await.expect("a message").expect("not silent").data, "a");
            }
            assert!(events.next().await.is_none(), "{text:?}");
            assert!(events.next().await.is_none(), "still");
            assert!(is_closed(&mut socket).await);
            assert!(timeout(NOTHING_WITHIN, listener.accept()).await.is_err(), "{text:?}: it connects again");
        }
    }

    #[tokio::test]
    async fn a_stream_that_is_dropped_is_closed() {
        let (mut events, mut socket, _listener) = streaming("data: a\n\n", ANY_SILENCE).await;
        assert_eq!(events.next().await.expect("a message").expect("not silent").data, "a");
        drop(events);
        assert!(is_closed(&mut socket).await);
    }

    #[tokio::test]
    async fn a_comment_breaks_silence_and_without_any_the_stream_ends() {
        let (mut events, mut socket, _listener) = streaming("data: a\n\n", SILENCE).await;
        assert_eq!(events.next().await.expect("a message").expect("not silent").data, "a");
        let keeping_alive = async {
            for _ in 0..6 {
                sleep(SILENCE / 4).await;
                socket.write_all(b": keep-alive\n\n").await.expect("open");
            }
            socket.write_all(b"data: b\n\n").await.expect("open");
        };
        let (event, ()) = tokio::join!(events.next(), keeping_alive);
        assert_eq!(event.expect("not ended by comments").expect("not silent").data, "b");
        assert_eq!(events.next().await, Some(Err(Silent)));
        assert_eq!(events.next().await, None);
        assert!(is_closed(&mut socket).await);
    }
}
