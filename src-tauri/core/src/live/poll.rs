//! Polling the feed while the stream is down.

use std::time::Duration;

use rand::Rng;
use tokio::time::sleep;
use training::ProblemCode;
use training::wire::FeedPage;

use super::backoff::Backoff;
use super::{Interruption, Next, pause};
use crate::bridge::LinkState;
use crate::failure::ApiError;
use crate::replica::{Followed, ReplicaError};
use crate::shared::Shared;

/// How long after losing the stream polling begins, if the stream is not back by then: everybody at another moment
/// between these two, because everybody may have lost it at the same.
const AFTER: (Duration, Duration) = (Duration::from_millis(500), Duration::from_millis(1_500));

/// Polls the feed for as long as it is left to run.
pub(super) async fn poll(shared: &Shared, next: Next) -> Interruption {
    // A server that went away said when it makes sense to come back.
    if let Next::After(time) = next {
        sleep(time).await;
    }
    let spread = shared.rng().random_range(AFTER.0..AFTER.1);
    sleep(spread).await;
    let mut backoff = Backoff::default();
    // The first answer says at once whether polling works; later ones are held back until there is something.
    let mut wait = false;
    loop {
        let Some(cursor) = shared.cursor().await else { return Interruption::Snapshot };
        let api = shared.api();
        let answer = tokio::select! {
            biased;
            answer = api.poll(&cursor, wait) => answer,
            () = shared.poll_is_doubted(), if wait => {
                wait = false;
                continue;
            }
        };
        match answer {
            Ok(page) => match take(shared, &page).await {
                Ok(Followed::Broken) => return Interruption::Snapshot,
                Ok(Followed::Stored(_) | Followed::Known) => {
                    shared.polling_works();
                    backoff.reset();
                    wait = !page.more;
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "an event could not be stored");
                    shared.set_link(LinkState::Offline, Some(error.local_code()));
                    pause(shared, &mut backoff, None).await;
                }
            },
            Err(ApiError::NotSignedIn) => return Interruption::SignedOut,
            Err(error) if error.code() == Some(ProblemCode::CursorExpired) => return Interruption::Snapshot,
            // Something a newer server tells: what it changed is in a snapshot, in words this version knows.
            Err(ApiError::Unreadable) => return Interruption::Snapshot,
            Err(error) => {
                tracing::debug!(%error, "no poll");
                shared.set_link(LinkState::Offline, Some(error.local_code()));
                pause(shared, &mut backoff, error.retry_after_s()).await;
                wait = false;
            }
        }
    }
}

/// Stores the events of a page, as far as they can be.
async fn take(shared: &Shared, page: &FeedPage) -> Result<Followed, ReplicaError> {
    for envelope in &page.events {
        if shared.follow(&page.cursor.epoch, envelope).await? == Followed::Broken {
            return Ok(Followed::Broken);
        }
    }
    Ok(Followed::Known)
}
