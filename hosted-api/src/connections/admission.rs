//! A connection before it costs memory: a socket, and a peek at its first request.

use std::future::poll_fn;
use std::task::{Poll, ready};

use tokio::io::{Interest, ReadBuf, Ready};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::permit::FeedRequest;
use super::{FEED, HEAD_TIMEOUT, Permit, STREAM, Shared};

/// How many bytes of a request are peeked at. Our client's are about 300 bytes long.
const PEEK_BYTES: usize = 2048;

/// What became of a connection before it is served.
pub(super) enum Admission {
    /// No request came in time, or the client has disconnected.
    Closed,
    /// It is to be served; if its request is for the feed, with its permit.
    Admitted(Option<Permit>),
}

/// Waits for the first request and, if it is for the feed, for a permit.
///
/// Only a complete request waits here for a permit: a slow sender would keep all others waiting.
pub(super) async fn admit(socket: &TcpStream, shared: &Shared) -> Admission {
    let first = tokio::select! {
        biased;
        first = timeout(HEAD_TIMEOUT, first_request(socket)) => first,
        () = shared.finish.cancelled() => return Admission::Closed,
    };
    match first {
        Ok(Ok(Some(request))) => {
            let permit = shared.permits.acquire(request).await;
            if has_disconnected(socket).await { Admission::Closed } else { Admission::Admitted(Some(permit)) }
        }
        Ok(Ok(None)) => Admission::Admitted(None),
        Ok(Err(_)) | Err(_) => Admission::Closed,
    }
}

/// Waits for the first bytes; returns the feed request, if it is one and complete.
async fn first_request(socket: &TcpStream) -> std::io::Result<Option<FeedRequest>> {
    poll_fn(|cx| {
        // Not kept between polls, so that a waiting connection needs no memory for it.
        let mut bytes = [0; PEEK_BYTES];
        let mut bytes = ReadBuf::new(&mut bytes);
        ready!(socket.poll_peek(cx, &mut bytes))?;
        Poll::Ready(Ok(parse_feed_request(bytes.filled())))
    })
    .await
}

/// A guess good enough for admission: a client that accepts the stream but prefers pages waits with the streams.
fn parse_feed_request(head: &[u8]) -> Option<FeedRequest> {
    let rest = head.strip_prefix(b"GET ")?.strip_prefix(FEED.as_bytes())?;
    let is_feed = rest.starts_with(b" ") || rest.starts_with(b"?");
    let contains = |part: &[u8]| rest.windows(part.len()).any(|window| window == part);
    let is_complete = contains(b"\r\n\r\n");
    (is_feed && is_complete).then(|| if contains(STREAM.as_bytes()) { FeedRequest::Stream } else { FeedRequest::Poll })
}

/// Whether the client disconnected while it waited.
async fn has_disconnected(socket: &TcpStream) -> bool {
    // Its request is still unread, so this returns at once.
    socket.ready(Interest::READABLE).await.is_ok_and(Ready::is_read_closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_feed_request_waits_for_a_permit() {
        for (head, expected) in [
            ("GET /v1/feed HTTP/1.1\r\nAccept: text/event-stream\r\n\r\n", Some(FeedRequest::Stream)),
            ("GET /v1/feed?after=e.1&wait=25 HTTP/1.1\r\nHost: a\r\n\r\n", Some(FeedRequest::Poll)),
            ("GET /v1/feed HTTP/1.1\r\nHost: a\r\n", None),
            ("GET /v1/feeds HTTP/1.1\r\n\r\n", None),
            ("GET /v1/me HTTP/1.1\r\nReferer: GET /v1/feed \r\n\r\n", None),
            ("POST /v1/feed HTTP/1.1\r\n\r\n", None),
            ("", None),
        ] {
            assert_eq!(parse_feed_request(head.as_bytes()), expected, "{head:?}");
        }
    }
}
