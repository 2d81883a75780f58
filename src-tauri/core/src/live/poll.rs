//! Polling the feed while the stream is down.

use std::time::Duration;

use rand::Rng;
use tokio::time::sleep;
use training::ProblemCode;

use super::backoff::Backoff;
use super::{Interruption, Next, pause};
use crate::bridge::LinkState;
use crate::context::AgentContext;
use crate::failure::ApiError;
use crate::replica::Applied;

/// The range of the delay between losing the stream and polling, if the stream is not back by then. Clients are spread
/// over it, because all of them may have lost the stream at the same moment.
const AFTER: (Duration, Duration) = (Duration::from_millis(500), Duration::from_millis(1_500));

/// Polls the feed until it is interrupted or dropped.
pub(super) async fn poll(context: &AgentContext, next: Next) -> Interruption {
    // A server that shut down said when to come back.
    if let Next::After(time) = next {
        sleep(time).await;
    }
    let spread = context.rng().random_range(AFTER.0..AFTER.1);
    sleep(spread).await;
    let mut backoff = Backoff::default();
    // The first answer shows at once whether polling works; later polls are long polls.
    let mut wait = false;
    loop {
        let Some(cursor) = context.store.cursor().await else { return Interruption::Snapshot };
        let api = context.api();
        let answer = tokio::select! {
            biased;
            answer = api.poll(&cursor, wait) => answer,
            () = context.connection.poll_in_doubt(), if wait => {
                wait = false;
                continue;
            }
        };
        match answer {
            Ok(page) => match context.store.apply_page(&page).await {
                Ok(Applied::Broken) => return Interruption::Snapshot,
                Ok(Applied::Stored(_) | Applied::Known) => {
                    context.connection.note_polling_works();
                    backoff.reset();
                    wait = !page.more;
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "an event could not be stored");
                    context.connection.set_link(LinkState::Offline, Some(error.local_code()));
                    pause(context, &mut backoff, None).await;
                }
            },
            Err(ApiError::NotSignedIn) => return Interruption::SignedOut,
            Err(error) if error.code() == Some(ProblemCode::CursorExpired) => return Interruption::Snapshot,
            // An event from a newer server: a snapshot has the change in a form this version can read.
            Err(ApiError::Unreadable) => return Interruption::Snapshot,
            Err(error) => {
                tracing::debug!(%error, "polling failed");
                context.connection.set_link(LinkState::Offline, Some(error.local_code()));
                pause(context, &mut backoff, error.retry_after_s()).await;
                wait = false;
            }
        }
    }
}
