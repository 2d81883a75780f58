//! A connection before it costs anything: a socket, and a look at what it wants.

use std::future::poll_fn;
use std::task::{Poll, ready};

use tokio::io::{Interest, ReadBuf, Ready};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::permit::Wants;
use super::{FEED, HEAD_WITHIN, Open, Permit, STREAM};

/// How much of a request is looked at. Ours is about 300 bytes long.
const LOOK_AT: usize = 2048;

/// How a connection begins.
pub(super) enum Begins {
    /// Not at all: nothing came in time, or nobody waits any more.
    Not,
    /// With a request; for the feed whose turn it is.
    With(Option<Permit>),
}

/// Waits for the first request, and where that is for the feed, for its turn.
///
/// Only a request that is there as a whole waits here for its turn: one that takes its time would keep all others waiting.
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

/// What the request that has come wants of the feed, if it is for that and there as a whole; waits until something has come.
async fn first_request(socket: &TcpStream) -> std::io::Result<Option<Wants>> {
    poll_fn(|cx| {
        // Not kept from one look to the next, so that whoever waits takes no room for it.
        let mut bytes = [0; LOOK_AT];
        let mut bytes = ReadBuf::new(&mut bytes);
        ready!(socket.poll_peek(cx, &mut bytes))?;
        Poll::Ready(Ok(wanted_of_the_feed(bytes.filled())))
    })
    .await
}

/// A guess good enough to take turns by: who names the stream and likes pages better waits with those who want one.
fn wanted_of_the_feed(head: &[u8]) -> Option<Wants> {
    let rest = head.strip_prefix(b"GET ")?.strip_prefix(FEED.as_bytes())?;
    let is_it = rest.starts_with(b" ") || rest.starts_with(b"?");
    let holds = |part: &[u8]| rest.windows(part.len()).any(|window| window == part);
    let is_whole = holds(b"\r\n\r\n");
    (is_it && is_whole).then(|| if holds(STREAM.as_bytes()) { Wants::Stream } else { Wants::Poll })
}

/// Whether the other end has gone while it waited.
async fn has_hung_up(socket: &TcpStream) -> bool {
    // Its request is still unread, so this answers at once.
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
