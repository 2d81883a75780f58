//! A body that is too large to be collected: read piece by piece, within a deadline and a budget of memory.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

/// Largest file of another tracker, in bytes.
pub(super) const MAX_FILE_BYTES: usize = imports::ImportLimits::MAX_BYTES;
/// A piece has at least so many bytes, unless it is the last one.
const PIECE: usize = 256 * 1024;
/// So much of the budget a stream takes: a piece, and what comes beyond it in the last read.
pub(super) const ROOM: u32 = 2 * 256 * 1024;

/// The body.
pub(crate) struct BodyStream {
    body: BodyDataStream,
    deadline: Instant,
    _room: OwnedSemaphorePermit,
}

/// Some bytes of a body.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) bytes: Vec<u8>,
    /// Whether these are the last ones, and why.
    pub(crate) end: Option<BodyEnd>,
}

/// Why nothing more of a body comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// That was all of it.
    Whole,
    /// The client disconnected.
    Disconnected,
    /// It came too slowly.
    TooSlow,
}

impl BodyStream {
    pub(super) fn new(body: Body, within: Duration, room: OwnedSemaphorePermit) -> Self {
        Self { body: body.into_data_stream(), deadline: Instant::now() + within, _room: room }
    }

    /// The next piece.
    pub(crate) async fn next(&mut self) -> Piece {
        let mut bytes = Vec::with_capacity(PIECE);
        while bytes.len() < PIECE {
            match timeout_at(self.deadline, self.body.next()).await {
                Ok(Some(Ok(chunk))) => bytes.extend_from_slice(&chunk),
                Ok(None) => return Piece { bytes, end: Some(BodyEnd::Whole) },
                Ok(Some(Err(_))) => return Piece { bytes, end: Some(BodyEnd::Disconnected) },
                Err(_elapsed) => return Piece { bytes, end: Some(BodyEnd::TooSlow) },
            }
        }
        Piece { bytes, end: None }
    }

    /// Reads on without keeping anything, so that a client which is still sending sees the answer.
    pub(crate) async fn discard(mut self) {
        let deadline = self.deadline;
        timeout_at(deadline, discard(&mut self.body, MAX_FILE_BYTES)).await.ok();
    }
}

/// Reads on without keeping anything, at most so many bytes: a client that is still sending would not see the answer.
pub(super) async fn discard(body: &mut BodyDataStream, most: usize) {
    let mut passed = 0;
    while passed <= most
        && let Some(Ok(chunk)) = body.next().await
    {
        passed += chunk.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Bodies, BodyTiming};

    fn sent(parts: usize, ends: bool) -> Body {
        let parts = futures_util::stream::iter(vec![axum::body::Bytes::from(vec![b'x'; 100_000]); parts]);
        let parts = parts.map(Ok::<_, std::io::Error>);
        if ends { Body::from_stream(parts) } else { Body::from_stream(parts.chain(futures_util::stream::pending())) }
    }

    #[tokio::test]
    async fn a_large_body_comes_in_pieces() {
        let bodies = Bodies::new(BodyTiming::default());
        let mut stream = bodies.stream(sent(50, true)).expect("there is room");
        let (mut total, mut pieces) = (0, 0);
        loop {
            let piece = stream.next().await;
            (total, pieces) = (total + piece.bytes.len(), pieces + 1);
            assert!(piece.bytes.len() < 2 * PIECE);
            if let Some(end) = piece.end {
                assert_eq!(end, BodyEnd::Whole);
                break;
            }
        }
        assert!(total == 5_000_000 && pieces > 10, "{total} bytes in {pieces} pieces");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_is_given_up_with_what_came_of_it() {
        let bodies = Bodies::new(BodyTiming::default());
        let began = Instant::now();
        let piece = bodies.stream(sent(1, false)).expect("there is room").next().await;
        assert_eq!((piece.bytes.len(), piece.end), (100_000, Some(BodyEnd::TooSlow)));
        assert_eq!(began.elapsed().as_secs(), 30);
    }
}
