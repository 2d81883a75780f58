//! Fetches the videos that a profile keeps, one after the other, as soon as an event or a snapshot names them.

use std::collections::HashSet;

use training::{Timestamp, VideoId};

use super::{FetchError, Wanted};
use crate::context::AgentContext;
use crate::failure::ApiError;
use crate::live::{Backoff, refuses_for_good};

/// Fetches whenever somebody is signed in. Never returns.
pub(crate) async fn keep_videos(context: &AgentContext) {
    let mut sign_ins = context.connection.sign_ins();
    loop {
        if sign_ins.borrow_and_update().is_some() {
            tokio::select! {
                biased;
                _ = sign_ins.changed() => {}
                () = fetch_all(context) => {}
            }
        } else if sign_ins.changed().await.is_err() {
            return;
        }
    }
}

async fn fetch_all(context: &AgentContext) {
    let mut backoff = Backoff::default();
    // Until the next sign-in, these are not worth another attempt.
    let mut given_up: HashSet<VideoId> = HashSet::new();
    loop {
        let now = Timestamp::from(context.now());
        let all = context.videos.wanted(now).await;
        let wanted: Vec<Wanted> = all.iter().filter(|wanted| !given_up.contains(&wanted.video.id)).cloned().collect();
        let Some(missing) = context.videos.first_missing(&context.api(), wanted).await else {
            context.videos.wait_for_others_than(&all, now).await;
            continue;
        };
        let failed = match context.videos.keep(&context.api(), &missing).await {
            Ok(()) => {
                backoff.reset();
                continue;
            }
            Err(failed) => failed,
        };
        tracing::debug!(video = %missing.video.id, error = &failed as &dyn std::error::Error, "a video was not fetched");
        if is_final(&failed) {
            given_up.insert(missing.video.id);
            continue;
        }
        let after_s = match &failed {
            FetchError::Api(error) => error.retry_after_s(),
            _ => None,
        };
        let time = backoff.after_failure(&mut context.rng(), after_s);
        tokio::select! {
            biased;
            () = tokio::time::sleep(time) => {}
            () = context.connection.retry_requested() => backoff.reset(),
            // A round may have been released, with a video that is more urgent.
            () = context.videos.wait_for_others_than(&all, now) => {}
        }
    }
}

/// Whether another attempt would end the same way.
fn is_final(error: &FetchError) -> bool {
    match error {
        FetchError::NotAsAnnounced | FetchError::NoRoom => true,
        FetchError::Api(ApiError::Refused { problem, .. }) => refuses_for_good(problem.status),
        FetchError::Api(_) | FetchError::Disk(_) | FetchError::Busy => false,
    }
}
