//! Listening to a stream that is up, and replacing it in time by one with a fresh token.

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

/// How long after a successor that did not come up the next one is tried. The stream that is up goes on meanwhile.
const NEXT_SUCCESSOR_AFTER: Duration = Duration::from_secs(5);

/// How a stream was lost that another one may simply take the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamEnd {
    /// It ended, or broke.
    Gone,
    /// The server went away, and asked to be left alone for so long.
    Draining(Duration),
    /// Its token had run out, and there is a new one.
    Renewed,
    /// This machine slept; whatever the stream looks like, nobody knows what became of it.
    Slept,
    /// What came could not be stored, and why.
    NotStored(LocalCode),
}

/// Listens until the stream is lost.
///
/// Ahead of its token's end a second stream is opened beside it and takes its place once it is up, so that the person is
/// live without a gap. What comes over both is taken once.
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
                // Whether the sign-in itself is over shows when a new token is asked for.
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

/// Opens a successor when it is time; everything is taken anew first, if that was long ago.
///
/// As a task of its own: it waits for locks, and whoever waits for a lock must be polled, also while an event is handled.
fn succeed(shared: &Arc<Shared>, at: Instant) -> AbortOnDropHandle<Opened> {
    let shared = Arc::clone(shared);
    AbortOnDropHandle::new(tokio::spawn(async move {
        // A moment later the token counts as used up for certain, and a new one is asked for.
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
