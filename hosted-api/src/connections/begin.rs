//! A connection before it costs memory: a socket, and a peek at its first request.

use std::future::poll_fn;
use std::task::{Poll, ready};

use tokio::io::{Interest, ReadBuf, Ready};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::permit::Wants;
use super::{FEED, HEAD_WITHIN, Open, Permit, STREAM};

/// How many bytes of a request are peeked at. Our client's are about 300 bytes long.
const LOOK_AT: usize = 2048;

/// How a connection begins.
pub(super) enum Begins {
    /// Not at all: no request came in time, or the client has hung up.
    Not,
    /// With a request; if it is for the feed, with its permit.
    With(Option<Permit>),
}

/// Waits for the first request and, if it is for the feed, for a permit.
///
/// Only a complete request waits here for a permit: a slow sender would keep all others waiting.
pub(super) async fn begins(socket: &TcpStream, open: &Open) -> Begins {
    let first = tokio::select! {
        biased;
        first = timeout(HEAD_WITHIN, first_request(socket)) => first,
        () = open.finish.cancelled() => return Begins::Not,
    };
    match first {
        Ok(Ok(Some(wants))) => {
            let permit = open.permits.next(wants).await;
            if has_hung_up(socket).await { Begins::Not } else { Begins::With(Some(permit)) }
        }
        Ok(Ok(None)) => Begins::With(None),
        Ok(Err(_)) | Err(_) => Begins::Not,
    }
}

/// Waits for the first bytes; returns what the request wants of the feed, if it is for the feed and complete.
async fn first_request(socket: &TcpStream) -> std::io::Result<Option<Wants>> {
    poll_fn(|cx| {
        // Not kept between polls, so that a waiting connection needs no memory for it.
        let mut bytes = [0; LOOK_AT];
        let mut bytes = ReadBuf::new(&mut bytes);
        ready!(socket.poll_peek(cx, &mut bytes))?;
        Poll::Ready(Ok(wanted_of_the_feed(bytes.filled())))
    })
    .await
}

/// A guess good enough for admission: a client that accepts the stream but prefers pages waits with the streams.
fn wanted_of_the_feed(head: &[u8]) -> Option<Wants> {
    let rest = head.strip_prefix(b"GET ")?.strip_prefix(FEED.as_bytes())?;
    let is_it = rest.starts_with(b" ") || rest.starts_with(b"?");
    let holds = |part: &[u8]| rest.windows(part.len()).any(|window| window == part);
    let is_whole = holds(b"\r\n\r\n");
    (is_it && is_whole).then(|| if holds(STREAM.as_bytes()) { Wants::Stream } else { Wants::Poll })
}

/// Whether the client hung up while it waited.
async fn has_hung_up(socket: &TcpStream) -> bool {
    // Its request is still unread, so this returns at once.
    socket.ready(Interest::READABLE).await.is_ok_and(Ready::is_read_closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_request_for_the_feed_waits_for_its_turn() {
        for (head, expected) in [
            ("GET /v1/feed HTTP/1.1\r\nAccept: text/event-stream\r\n\r\n", Some(Wants::Stream)),
            ("GET /v1/feed?after=e.1&wait=25 HTTP/1.1\r\nHost: a\r\n\r\n", Some(Wants::Poll)),
            ("GET /v1/feed HTTP/1.1\r\nHost: a\r\n", None),
            ("GET /v1/feeds HTTP/1.1\r\n\r\n", None),
            ("GET /v1/me HTTP/1.1\r\nReferer: GET /v1/feed \r\n\r\n", None),
            ("POST /v1/feed HTTP/1.1\r\n\r\n", None),
            ("", None),
        ] {
            assert_eq!(wanted_of_the_feed(head.as_bytes()), expected, "{head:?}");
        }
    }
}
