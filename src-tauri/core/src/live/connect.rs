//! Getting a stream up.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use training::ProblemCode;

use super::backoff::Backoff;
use super::stream::{Ended, Heard, Stream};
use super::{Next, Turn, pause, wait};
use crate::agent::Shared;
use crate::api::Access;
use crate::failure::ApiError;

/// How long the stream may take to its `hello`; a proxy that buffers holds it back for ever.
const HELLO_WITHIN: Duration = Duration::from_secs(5);

/// A stream that has said `hello`.
pub(super) struct Up {
    pub(super) stream: Stream,
    /// When it should be replaced by one with a fresh token.
    pub(super) replace_at: Instant,
}

/// Tries the stream until it is up.
pub(super) async fn attempt(shared: &Shared, backoff: &mut Backoff, next: Next) -> Result<Up, Turn> {
    match next {
        Next::AtOnce => {}
        Next::BackOff => pause(shared, backoff, None).await,
        Next::After(time) => wait(shared, time, backoff).await,
    }
    loop {
        let asked_s = match open(shared).await {
            Opened::Up(up) => return Ok(*up),
            Opened::Turned(turn) => return Err(turn),
            Opened::HeldBack => {
                shared.stream_is_held_back();
                None
            }
            Opened::Failed(error) => {
                tracing::debug!(%error, "no stream");
                shared.stream_failed(error.local_code());
                error.retry_after_s()
            }
        };
        pause(shared, backoff, asked_s).await;
    }
}

/// What came of one attempt.
pub(super) enum Opened {
    /// It is up.
    Up(Box<Up>),
    /// No stream can be had this way.
    Turned(Turn),
    /// Its `hello` did not come.
    HeldBack,
    /// It did not come up.
    Failed(ApiError),
}

/// Opens one stream and waits for its `hello`.
pub(super) async fn open(shared: &Shared) -> Opened {
    let Some(cursor) = shared.cursor().await else { return Opened::Turned(Turn::Snapshot) };
    let api = shared.api();
    let (request, Access { token, good_until }) = match api.stream_request(&cursor).await {
        Ok(request) => request,
        Err(ApiError::NotSignedIn) => return Opened::Turned(Turn::SignedOut),
        Err(error) => return Opened::Failed(error),
    };
    let Ok(mut stream) = Stream::open(request) else { return Opened::Failed(ApiError::NotRingside) };
    match timeout(HELLO_WITHIN, stream.next()).await {
        Err(_late) => Opened::HeldBack,
        Ok(Ok(Heard::Hello(hello))) if hello.resumed => {
            shared.set_server_time(hello.server_time);
            Opened::Up(Box::new(Up { stream, replace_at: good_until }))
        }
        Ok(Ok(Heard::Hello(_) | Heard::Reset)) => Opened::Turned(Turn::Snapshot),
        Ok(Ok(Heard::Bye(..)) | Err(Ended::Gone)) => {
            Opened::Failed(ApiError::ServerError { status: 503, retry_after_s: None })
        }
        Ok(Ok(Heard::Event { .. }) | Err(Ended::Nonsense)) => Opened::Failed(ApiError::NotRingside),
        Ok(Err(Ended::Refused(error))) if error.code() == Some(ProblemCode::TokenInvalid) => {
            match api.tokens.access_after(&api, &token).await {
                Err(ApiError::NotSignedIn) => Opened::Turned(Turn::SignedOut),
                _ => Opened::Failed(error),
            }
        }
        Ok(Err(Ended::Refused(error))) => Opened::Failed(error),
    }
}
