//! Listening to a stream that is up, and replacing it in time with one that has a fresh token.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::task::AbortOnDropHandle;
use training::wire::ByeReason;

use super::connect::{Opened, Up, open};
use super::stream::Received;
use super::{Interruption, SNAPSHOT_GOOD_FOR};
use crate::bridge::LocalCode;
use crate::failure::ApiError;
use crate::replica::Followed;
use crate::shared::Shared;

/// The wait after a successor stream failed to connect. The present stream stays up meanwhile.
const NEXT_SUCCESSOR_AFTER: Duration = Duration::from_secs(5);

/// Why a stream ended, where another stream may simply replace it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamEnd {
    /// It ended, or broke.
    Gone,
    /// The server is shutting down, and asked for this long a wait before the retry.
    Draining(Duration),
    /// Its token expired, and there is a new one.
    Renewed,
    /// This machine slept, so the state of the stream is unknown, however healthy it looks.
    Slept,
    /// An event could not be stored, and why.
    NotStored(LocalCode),
}

/// Listens until the stream is lost.
///
/// Before its token expires, a second stream is opened alongside it and replaces it once it is up, so that there is no
/// gap. Events that arrive on both are stored once.
pub(super) async fn listen(shared: &Arc<Shared>, up: Up) -> Result<StreamEnd, Interruption> {
    let Up { mut stream, replace_at } = up;
    let mut sleeps = shared.sleeps();
    let mut successor = succeed(shared, replace_at);
    loop {
        let received = tokio::select! {
            biased;
            received = stream.next() => received,
            _ = sleeps.changed() => return Ok(StreamEnd::Slept),
            opened = &mut successor => {
                let replace_at = match opened {
                    Ok(Opened::Up(up)) => {
                        stream = up.stream;
                        up.replace_at
                    }
                    Ok(Opened::Interrupted(interruption)) => return Err(interruption),
                    Ok(Opened::HeldBack | Opened::Failed(_)) | Err(_) => Instant::now() + NEXT_SUCCESSOR_AFTER,
                };
                successor = succeed(shared, replace_at);
                continue;
            }
        };
        match received {
            Ok(Received::Event { epoch, envelope }) => match shared.follow(&epoch, &envelope).await {
                Ok(Followed::Stored(_) | Followed::Known) => {}
                Ok(Followed::Broken) => return Err(Interruption::Snapshot),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "an event could not be stored");
                    return Ok(StreamEnd::NotStored(error.local_code()));
                }
            },
            Ok(Received::Hello(_)) => {}
            Ok(Received::Reset) => return Err(Interruption::Snapshot),
            Ok(Received::Bye(ByeReason::TokenExpired | ByeReason::SignedOut, _)) => {
                // Renewing the token shows whether the sign-in itself is over.
                return match shared.api().tokens.renew(&shared.api()).await {
                    Ok(_token) => Ok(StreamEnd::Renewed),
                    Err(ApiError::NotSignedIn) => Err(Interruption::SignedOut),
                    Err(_) => Ok(StreamEnd::Gone),
                };
            }
            Ok(Received::Bye(ByeReason::Draining, retry)) => return Ok(StreamEnd::Draining(retry.unwrap_or_default())),
            Ok(Received::Bye(ByeReason::TooSlow | ByeReason::Unknown(_), _)) | Err(_) => return Ok(StreamEnd::Gone),
        }
    }
}

/// Opens a successor stream when it is due, after a new snapshot if the last one is old.
///
/// In its own task: it waits for locks, and a future that waits for a lock must be polled even while an event is
/// handled.
fn succeed(shared: &Arc<Shared>, at: Instant) -> AbortOnDropHandle<Opened> {
    let shared = Arc::clone(shared);
    AbortOnDropHandle::new(tokio::spawn(async move {
        // A moment later the token certainly counts as expired, and a new one is requested.
        sleep_until(at + Duration::from_millis(1)).await;
        if shared.snapshot_age() >= SNAPSHOT_GOOD_FOR
            && let Ok(snapshot) = shared.api().snapshot().await
            && let Err(error) = shared.catch_up(snapshot).await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the snapshot could not be stored");
        }
        let opened = open(&shared).await;
        shared.note_vault().await;
        opened
    }))
}
