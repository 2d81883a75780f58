//! Listening to a stream that is up, and replacing it in time with one that has a fresh token.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::task::AbortOnDropHandle;
use training::wire::{ByeReason, FeedTiming, PresenceTiming};

use super::connect::{OpenStream, Opened, open};
use super::poll::poll;
use super::stream::{Ended, Received};
use super::{Interruption, Next, SNAPSHOT_MAX_AGE};
use crate::bridge::{LinkState, LocalCode};
use crate::context::AgentContext;
use crate::failure::ApiError;
use crate::replica::Applied;

/// The wait after a successor stream failed to connect. The present stream stays up meanwhile.
const SUCCESSOR_RETRY: Duration = Duration::from_secs(5);

/// A stream that is silent from its `hello` on ends sooner than this. One that had a keep-alive ends later.
const PROBATION: Duration = FeedTiming::SILENCE.saturating_add(FeedTiming::KEEP_ALIVE);

/// Why a stream ended, where another stream may simply replace it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamEnd {
    /// It ended, or broke.
    Gone,
    /// Nothing at all came after its head, not even a keep-alive: something holds it back, or the network is gone.
    Silent,
    /// The server is shutting down, and asked for this long a wait before the retry.
    Draining(Duration),
    /// Its token expired, and there is a new one.
    Renewed,
    /// The connections were abandoned: the state of the stream is unknown, however healthy it looks.
    Abandoned,
    /// An event could not be stored, and why.
    NotStored(LocalCode),
}

/// Listens until the stream is lost.
///
/// Before its token expires, a second stream is opened alongside it and replaces it once it is up, so that there is no
/// gap. Events that arrive on both are stored once.
pub(super) async fn listen(context: &Arc<AgentContext>, stream: OpenStream) -> Result<StreamEnd, Interruption> {
    let OpenStream { mut stream, replace_at, mut server_time } = stream;
    let opened_at = Instant::now();
    context.connection.begin_announcement();
    // When the stream will have said who is there.
    let mut announced_by = Some(Instant::now() + PresenceTiming::ANNOUNCED_WITHIN);
    let mut has_no_message = true;
    let mut abandonments = context.connection.abandonments();
    let mut successor = open_successor(context, replace_at);
    loop {
        let received = tokio::select! {
            biased;
            received = stream.next() => received,
            _ = abandonments.changed() => return Ok(StreamEnd::Abandoned),
            opened = &mut successor => {
                let replace_at = match opened {
                    Ok(Opened::Ready(next)) => {
                        has_no_message = false;
                        stream = next.stream;
                        server_time = next.server_time;
                        context.connection.begin_announcement();
                        announced_by = Some(Instant::now() + PresenceTiming::ANNOUNCED_WITHIN);
                        next.replace_at
                    }
                    Ok(Opened::Interrupted(interruption)) => return Err(interruption),
                    Ok(Opened::HeldBack | Opened::Failed(_)) | Err(_) => Instant::now() + SUCCESSOR_RETRY,
                };
                successor = open_successor(context, replace_at);
                continue;
            }
            () = sleep_until(announced_by.unwrap_or(opened_at)), if announced_by.is_some() => {
                announced_by = None;
                context.connection.end_announcement(server_time);
                continue;
            }
        };
        // Who is there comes with the `hello`, in the first bytes, which anything lets through.
        let is_of_head = announced_by.is_some() && matches!(received, Ok(Received::Presence(_)));
        has_no_message &= received.is_err() || is_of_head;
        match received {
            Ok(Received::Event { epoch, envelope }) => match context.store.apply_event(&epoch, &envelope).await {
                Ok(Applied::Stored(_) | Applied::Known) => {}
                Ok(Applied::Broken) => return Err(Interruption::Snapshot),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "an event could not be stored");
                    return Ok(StreamEnd::NotStored(error.local_code()));
                }
            },
            Ok(Received::Presence(presence)) => context.connection.note_presence(presence),
            Ok(Received::Hello(_)) => {}
            Ok(Received::Reset) => return Err(Interruption::Snapshot),
            Ok(Received::Bye(ByeReason::TokenExpired | ByeReason::SignedOut, _)) => {
                // Renewing the token shows whether the sign-in itself is over.
                return match context.api().tokens.renew(&context.api()).await {
                    Ok(_token) => Ok(StreamEnd::Renewed),
                    Err(ApiError::NotSignedIn) => Err(Interruption::SignedOut),
                    Err(_) => Ok(StreamEnd::Gone),
                };
            }
            Ok(Received::Bye(ByeReason::Draining, retry)) => return Ok(StreamEnd::Draining(retry.unwrap_or_default())),
            // A keep-alive is no message, but a stream that had one ends later.
            Err(Ended::Silent) if has_no_message && opened_at.elapsed() < PROBATION => return Ok(StreamEnd::Silent),
            Ok(Received::Bye(ByeReason::TooSlow | ByeReason::Unknown(_), _)) | Err(_) => return Ok(StreamEnd::Gone),
        }
    }
}

/// Opens a successor stream when it is due, after a new snapshot if the last one is old.
///
/// In its own task: it waits for locks, and a future that waits for a lock must be polled even while an event is
/// handled.
fn open_successor(context: &Arc<AgentContext>, at: Instant) -> AbortOnDropHandle<Opened> {
    let context = Arc::clone(context);
    AbortOnDropHandle::new(tokio::spawn(async move {
        // A moment later the token certainly counts as expired, and a new one is requested.
        sleep_until(at + Duration::from_millis(1)).await;
        if context.connection.snapshot_age() >= SNAPSHOT_MAX_AGE
            && let Ok(snapshot) = context.api().snapshot().await
            && let Err(error) = context.store.catch_up(snapshot).await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the snapshot could not be stored");
        }
        let opened = open(&context).await;
        if matches!(opened, Opened::Ready(_)) {
            poll_once(&context).await;
        }
        context.store.refresh_vault_kind().await;
        opened
    }))
}

/// Stores the events that the outgoing stream has not delivered: it may be held back, and so may its successor, whose
/// silence is counted anew.
async fn poll_once(context: &AgentContext) {
    let Some(cursor) = context.store.cursor().await else { return };
    match context.api().poll(&cursor, false).await {
        // The stream runs into the same problem with these events, which is where it is handled.
        Ok(page) => drop(context.store.apply_page(&page).await),
        Err(error) => tracing::debug!(%error, "polling beside a new stream failed"),
    }
}

/// Listens to the stream that follows a silent one, and polls beside it until it has outlived a silent one.
pub(super) async fn listen_on_probation(
    context: &Arc<AgentContext>,
    stream: OpenStream,
) -> Result<StreamEnd, Interruption> {
    let mut listening = pin!(listen(context, stream));
    tokio::select! {
        biased;
        end = &mut listening => return end,
        interruption = poll(context, Next::AtOnce) => return Err(interruption),
        () = sleep(PROBATION) => {}
    }
    context.connection.set_link(LinkState::Live, None);
    listening.await
}
