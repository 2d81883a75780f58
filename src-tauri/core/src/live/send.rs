//! Sends the waiting acts, one at a time, in the order they were done.

use std::time::Duration;

use training::{Problem, ProblemCode};
use uuid::Uuid;

use super::Backoff;
use crate::bridge::Failure;
use crate::failure::ApiError;
use crate::outbox::{Entry, Refused};
use crate::replica::{Followed, ReplicaError};
use crate::shared::Shared;

/// How soon after its answer an act's event should arrive over a live stream.
const EVENT_WITHIN: Duration = Duration::from_secs(1);

/// Sends waiting acts whenever somebody is signed in. Never returns.
pub(crate) async fn send_waiting(shared: &Shared) {
    let mut sign_ins = shared.sign_ins();
    loop {
        if sign_ins.borrow_and_update().is_some() {
            tokio::select! {
                biased;
                // Another sign-in, or none: the waiting acts belong to the previous user.
                _ = sign_ins.changed() => {}
                () = send_all(shared) => {}
            }
        } else if sign_ins.changed().await.is_err() {
            return;
        }
    }
}

async fn send_all(shared: &Shared) {
    let (mut backoff, mut behind) = (Backoff::default(), Backoff::default());
    let mut look_after = EVENT_WITHIN;
    loop {
        let Some(entry) = shared.next_to_send().await else {
            let missing = shared.missing().await;
            tokio::select! {
                biased;
                () = shared.something_waits() => {}
                () = tokio::time::sleep(look_after), if !missing.is_empty() => {
                    look_after = EVENT_WITHIN;
                    // The event has not arrived at once, so the act is shown until it does.
                    shared.show_what_was_done().await;
                    if let Err(error) = catch_up(shared, &missing).await {
                        tracing::debug!(%error, "what was done is still missing");
                        look_after += behind.after_failure(&mut shared.rng(), error.retry_after_s());
                    } else {
                        behind.reset();
                    }
                }
            }
            continue;
        };
        match send(shared, &entry).await {
            Sent::Known => backoff.reset(),
            Sent::Later(asked_s) => {
                let time = backoff.after_failure(&mut shared.rng(), asked_s);
                tokio::select! {
                    biased;
                    () = tokio::time::sleep(time) => {}
                    () = shared.something_waits() => {}
                    () = shared.asked_to_try() => backoff.reset(),
                }
            }
        }
    }
}

/// Polls for the missing events of answered acts: the stream may be dead without knowing it.
async fn catch_up(shared: &Shared, missing: &[Uuid]) -> Result<(), ApiError> {
    let Some(cursor) = shared.cursor().await else { return Ok(()) };
    let page = shared.api().poll(&cursor, false).await?;
    let mut is_news = false;
    for envelope in &page.events {
        match shared.follow(&page.cursor.epoch, envelope).await {
            Ok(Followed::Stored(_)) => is_news = true,
            Ok(Followed::Known) => {}
            // The supervisor runs into the same problem, and handles it.
            Ok(Followed::Broken) | Err(_) => return Ok(()),
        }
    }
    if !page.more {
        shared.no_longer_missing(missing).await;
    }
    if is_news {
        tracing::info!("the stream did not bring what was done; another one is opened");
        shared.woke();
    }
    Ok(())
}

/// The result of one attempt.
enum Sent {
    /// The outcome on the server is known.
    Known,
    /// To be retried, possibly after the number of seconds the server asked for.
    Later(Option<u32>),
}

async fn send(shared: &Shared, entry: &Entry) -> Sent {
    let sent = match try_to_send(shared, entry).await {
        Ok(sent) => sent,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "what became of an act could not be stored");
            Sent::Later(None)
        }
    };
    if let Sent::Later(_) = sent {
        tracing::debug!(act = %entry.key, "an act waits");
    }
    sent
}

async fn try_to_send(shared: &Shared, entry: &Entry) -> Result<Sent, ReplicaError> {
    // Resent exactly as before: only then does its idempotency key tell whether it was done.
    let version = match entry.sent_on {
        Some(version) => Some(version),
        None => match shared.version_to_send_on(entry).await {
            Ok(Some(version)) => {
                if !shared.sending_on(entry.key, version).await? {
                    // It has just been removed.
                    return Ok(Sent::Known);
                }
                Some(version)
            }
            Ok(None) => None,
            Err(code) => {
                shared.refused(entry.key, Refused { code, fields: Vec::new() }, None).await?;
                return Ok(Sent::Known);
            }
        },
    };
    let error = match shared.api().perform(entry, version).await {
        Ok(answer) => {
            shared.acknowledged(entry.key, answer).await?;
            return Ok(Sent::Known);
        }
        Err(error) => error,
    };
    let instead = match error.code() {
        // The feedback was given before this client could know that the session had ended.
        Some(ProblemCode::SessionEnded) => entry.late(),
        Some(ProblemCode::NotFound) => entry.recreating(),
        _ => None,
    };
    if let Some(instead) = instead {
        shared.send_instead(entry, instead).await?;
        return Ok(Sent::Known);
    }
    match error {
        // It was certainly not applied to that version; the replica will have the newer one in a moment.
        error if error.code() == Some(ProblemCode::VersionMismatch) && version.is_some() => {
            shared.not_on_that_version(entry.key).await?;
            Ok(Sent::Later(None))
        }
        error if error.code() == Some(ProblemCode::SessionEnded) && shared.say_with_the_feedback(entry).await? => {
            Ok(Sent::Known)
        }
        ApiError::Refused { problem, retry_after_s } if is_final(&problem) => {
            let refused = Refused { code: problem.code, fields: problem.fields.clone() };
            let failure = Failure::from(ApiError::Refused { problem, retry_after_s });
            shared.refused(entry.key, refused, Some(failure)).await?;
            Ok(Sent::Known)
        }
        // If not signed in, the supervisor finds out as well, and reports it; the act keeps waiting for the same user.
        error => Ok(Sent::Later(error.retry_after_s())),
    }
}

/// Whether a refusal is final, rather than a temporary problem: the status says so, also for a code of a newer version.
fn is_final(problem: &Problem) -> bool {
    (400..500).contains(&problem.status) && ![401, 408, 429].contains(&problem.status)
}
