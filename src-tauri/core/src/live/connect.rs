//! Connecting a stream.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use training::{ProblemCode, Timestamp};

use super::backoff::Backoff;
use super::stream::{Ended, Received, Stream};
use super::{Interruption, Next, pause, wait, wait_for_another_network};
use crate::api::{Access, Api};
use crate::context::AgentContext;
use crate::failure::ApiError;

/// How long the stream may take to send its `hello`; a buffering proxy holds it back forever.
const HELLO_TIMEOUT: Duration = Duration::from_secs(5);

/// A stream that has sent its `hello`.
pub(super) struct OpenStream {
    pub(super) stream: Stream,
    /// When it should be replaced by one with a fresh token.
    pub(super) replace_at: Instant,
    /// When it began, by the server's clock.
    pub(super) server_time: Timestamp,
}

/// Retries the stream until it is up.
pub(super) async fn attempt(
    context: &AgentContext,
    backoff: &mut Backoff,
    next: Next,
) -> Result<OpenStream, Interruption> {
    match next {
        Next::AtOnce => {}
        Next::HeldBack => {
            context.connection.note_stream_held_back();
            wait_for_another_network(context).await;
        }
        Next::BackOff => pause(context, backoff, None).await,
        Next::After(time) => wait(context, time, backoff).await,
    }
    loop {
        let opened = tokio::select! {
            biased;
            opened = open(context) => opened,
            () = is_stale(context) => {
                // Its request was sent into a network that was down; the next one on the same connection would fail
                // the same way.
                context.api().leave_connections();
                backoff.reset();
                continue;
            }
        };
        let retry_after_s = match opened {
            Opened::Ready(stream) => return Ok(*stream),
            Opened::Interrupted(interruption) => return Err(interruption),
            Opened::HeldBack => {
                context.connection.note_stream_held_back();
                None
            }
            Opened::Failed(error) => {
                tracing::debug!(%error, "opening the stream failed");
                context.connection.note_stream_failed(error.local_code());
                error.retry_after_s()
            }
        };
        pause(context, backoff, retry_after_s).await;
    }
}

/// Returns when the attempt in progress should be restarted: the network is back, or this machine woke, and anything
/// sent before may be lost. The operating system would retransmit it only after longer and longer pauses.
async fn is_stale(context: &AgentContext) {
    let (api, mut abandonments) = (context.api(), context.connection.abandonments());
    tokio::select! {
        biased;
        _ = abandonments.changed() => {}
        () = api.wait_until_in_doubt() => {}
    }
}

/// The result of one attempt.
pub(super) enum Opened {
    /// It is up.
    Ready(Box<OpenStream>),
    /// No stream is possible from here.
    Interrupted(Interruption),
    /// Its `hello` did not arrive.
    HeldBack,
    /// It failed to connect.
    Failed(ApiError),
}

/// Opens one stream and waits for its `hello`. If the server rejects the token, tries once more with a new one.
pub(super) async fn open(context: &AgentContext) -> Opened {
    let api = context.api();
    let (opened, access) = open_once(context, &api).await;
    let (Opened::Failed(error), Some(Access { token, .. })) = (&opened, access) else { return opened };
    if error.code() != Some(ProblemCode::TokenInvalid) {
        return opened;
    }
    match api.tokens.access_after(&api, &token).await {
        Ok(_renewed) => open_once(context, &api).await.0,
        Err(ApiError::NotSignedIn) => Opened::Interrupted(Interruption::SignedOut),
        Err(error) => Opened::Failed(error),
    }
}

async fn open_once(context: &AgentContext, api: &Api) -> (Opened, Option<Access>) {
    let Some(cursor) = context.store.cursor().await else { return (Opened::Interrupted(Interruption::Snapshot), None) };
    let mut access = None;
    let first = async {
        let (opened, used) = api.stream(&cursor).await?;
        let valid_until = access.insert(used).valid_until;
        let mut stream = Stream::of(opened?);
        let received = stream.next().await;
        Ok((stream, received, valid_until))
    };
    let opened = match timeout(HELLO_TIMEOUT, first).await {
        Err(_late) => Opened::HeldBack,
        Ok(Err(ApiError::NotSignedIn)) => Opened::Interrupted(Interruption::SignedOut),
        Ok(Err(error)) => Opened::Failed(error),
        Ok(Ok((stream, Ok(Received::Hello(hello)), replace_at))) if hello.resumed => {
            context.store.set_server_time(hello.server_time, context.now()).await;
            Opened::Ready(Box::new(OpenStream { stream, replace_at, server_time: hello.server_time }))
        }
        Ok(Ok((_, Ok(Received::Hello(_) | Received::Reset), _))) => Opened::Interrupted(Interruption::Snapshot),
        Ok(Ok((_, Ok(Received::Bye(..)) | Err(Ended::Gone | Ended::Silent), _))) => {
            Opened::Failed(ApiError::ServerError { status: 503, retry_after_s: None })
        }
        Ok(Ok((_, Err(Ended::OtherVersion), _))) => Opened::Failed(ApiError::OtherVersion),
        Ok(Ok((_, Ok(Received::Event { .. } | Received::Presence(_)) | Err(Ended::Malformed), _))) => {
            Opened::Failed(ApiError::NotRingside)
        }
    };
    (opened, access)
}
