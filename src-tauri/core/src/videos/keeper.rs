//! Fetches the videos that a profile keeps, one after the other, as soon as an event or a snapshot names them.

use std::collections::HashSet;

use training::{Timestamp, VideoId};

use super::{FetchError, Wanted};
use crate::context::AgentContext;
use crate::live::Deferred;

/// Fetches whenever somebody is signed in. Never returns.
pub(crate) async fn keep_videos(context: &AgentContext) {
    loop {
        context.connection.while_signed_in(|_| fetch_all(context)).await;
    }
}

async fn fetch_all(context: &AgentContext) {
    let mut deferred = Deferred::default();
    // Until the next sign-in, these are not worth another attempt. More is displaced for one that is at hand.
    let mut given_up: HashSet<(VideoId, bool)> = HashSet::new();
    loop {
        let now = Timestamp::from(context.now());
        let all = context.videos.wanted(now).await;
        let is_due = |wanted: &&Wanted| {
            !given_up.contains(&(wanted.video.id, wanted.is_at_hand)) && deferred.is_due(&wanted.video.id)
        };
        let wanted: Vec<Wanted> = all.iter().filter(is_due).cloned().collect();
        let Some(missing) = context.videos.first_missing(&context.api(), wanted).await else {
            tokio::select! {
                biased;
                () = context.videos.wait_for_others_than(&all, now) => {}
                () = context.connection.retry_requested() => deferred.clear(),
                () = deferred.next_due() => {}
            }
            continue;
        };
        let id = missing.video.id;
        let failed = match context.videos.keep(&context.api(), &missing).await {
            Ok(()) => {
                deferred.forget(&id);
                continue;
            }
            Err(failed) => failed,
        };
        tracing::debug!(video = %id, error = &failed as &dyn std::error::Error, "a video was not fetched");
        if is_final(&failed, missing.is_at_hand) {
            given_up.insert((id, missing.is_at_hand));
            continue;
        }
        let after_s = match &failed {
            FetchError::Api(error) => error.retry_after_s(),
            _ => None,
        };
        deferred.put_off(id, &mut context.rng(), after_s);
    }
}

/// Whether another attempt would end the same way.
fn is_final(error: &FetchError, is_at_hand: bool) -> bool {
    match error {
        FetchError::NotAsAnnounced => true,
        // There may be room again before the round is over.
        FetchError::NoRoom => !is_at_hand,
        FetchError::Api(error) => error.is_final(),
        FetchError::Disk(_) | FetchError::Busy => false,
    }
}
