//! Sends the waiting acts, one at a time, in the order they were done.

use std::time::Duration;

use tokio::time::Instant;
use training::{Problem, ProblemCode};
use uuid::Uuid;

use super::Backoff;
use crate::bridge::{Failure, FailureCode, LinkState, LocalCode};
use crate::context::AgentContext;
use crate::failure::ApiError;
use crate::outbox::{Entry, Refused};
use crate::replica::{Applied, ReplicaError};

/// How soon after its answer an act's event should arrive over a live stream.
const EVENT_TIMEOUT: Duration = Duration::from_secs(1);

/// After this many attempts, and this much time, an act that only an intermediary refuses counts as refused.
const INTERCEPTED_ATTEMPTS: u32 = 3;
const INTERCEPTED_TIME: Duration = Duration::from_mins(1);

/// Sends waiting acts whenever somebody is signed in. Never returns.
pub(crate) async fn send_waiting(context: &AgentContext) {
    let mut sign_ins = context.connection.sign_ins();
    loop {
        if sign_ins.borrow_and_update().is_some() {
            tokio::select! {
                biased;
                // Another sign-in, or none: the waiting acts belong to the previous user.
                _ = sign_ins.changed() => {}
                () = send_all(context) => {}
            }
        } else if sign_ins.changed().await.is_err() {
            return;
        }
    }
}

async fn send_all(context: &AgentContext) {
    let (mut backoff, mut behind) = (Backoff::default(), Backoff::default());
    let mut intercepted = None;
    let mut look_after = EVENT_TIMEOUT;
    loop {
        let Some(entry) = context.delivery.next().await else {
            let missing = context.store.unconfirmed_keys().await;
            tokio::select! {
                biased;
                () = context.connection.outbox_changed() => {}
                () = tokio::time::sleep(look_after), if !missing.is_empty() => {
                    look_after = EVENT_TIMEOUT;
                    // The event has not arrived at once, so the act is shown until it does.
                    context.store.show_unconfirmed().await;
                    if let Err(error) = catch_up(context, &missing).await {
                        tracing::debug!(%error, "events of answered acts are still missing");
                        look_after += behind.after_failure(&mut context.rng(), error.retry_after_s());
                    } else {
                        behind.reset();
                    }
                }
            }
            continue;
        };
        match send(context, &entry, &mut intercepted).await {
            Attempt::Done => backoff.reset(),
            Attempt::Retry(asked_s) => {
                let time = backoff.after_failure(&mut context.rng(), asked_s);
                tokio::select! {
                    biased;
                    () = tokio::time::sleep(time) => {}
                    () = context.connection.outbox_changed() => {}
                    () = context.connection.retry_requested() => backoff.reset(),
                }
            }
        }
    }
}

/// Polls for the missing events of answered acts: the stream may be dead without knowing it.
async fn catch_up(context: &AgentContext, missing: &[Uuid]) -> Result<(), ApiError> {
    let Some(cursor) = context.store.cursor().await else { return Ok(()) };
    let page = context.api().poll(&cursor, false).await?;
    let found_new = match context.store.apply_page(&page).await {
        Ok(Applied::Stored(_)) => true,
        Ok(Applied::Known) => false,
        // The supervisor runs into the same problem, and handles it.
        Ok(Applied::Broken) | Err(_) => return Ok(()),
    };
    if !page.more {
        context.store.give_up_unconfirmed(missing).await;
    }
    if found_new {
        tracing::info!("the stream did not deliver events that polling found; reconnecting");
        context.connection.abandon_connections();
    }
    Ok(())
}

/// The result of one attempt.
enum Attempt {
    /// The outcome on the server is known.
    Done,
    /// To be retried, possibly after the number of seconds the server asked for.
    Retry(Option<u32>),
}

async fn send(context: &AgentContext, entry: &Entry, intercepted: &mut Option<Intercepted>) -> Attempt {
    let sent = match try_to_send(context, entry, intercepted).await {
        Ok(sent) => sent,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the outcome of an act could not be stored");
            Attempt::Retry(None)
        }
    };
    if let Attempt::Retry(_) = sent {
        tracing::debug!(act = %entry.key, "an act stays pending");
    }
    sent
}

async fn try_to_send(
    context: &AgentContext,
    entry: &Entry,
    intercepted: &mut Option<Intercepted>,
) -> Result<Attempt, ReplicaError> {
    // Resent exactly as before: only then does its idempotency key tell whether it was done.
    let version = match entry.sent_on {
        Some(version) => Some(version),
        None => match context.delivery.version_to_send_on(entry).await {
            Ok(Some(version)) => {
                if !context.delivery.mark_sent(entry.key, version).await? {
                    // It has just been removed.
                    return Ok(Attempt::Done);
                }
                Some(version)
            }
            Ok(None) => None,
            Err(code) => {
                let refused = Refused { code: FailureCode::Server(code), fields: Vec::new() };
                context.delivery.refuse(entry.key, refused, None).await?;
                return Ok(Attempt::Done);
            }
        },
    };
    let error = match context.api().perform(entry, version).await {
        Ok(answer) => {
            context.delivery.acknowledge(entry.key, answer).await?;
            return Ok(Attempt::Done);
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
        context.delivery.replace(entry, instead).await?;
        return Ok(Attempt::Done);
    }
    match error {
        // It was certainly not applied to that version; the replica will have the newer one in a moment.
        error if error.code() == Some(ProblemCode::VersionMismatch) && version.is_some() => {
            context.delivery.mark_unsent(entry.key).await?;
            Ok(Attempt::Retry(None))
        }
        error
            if error.code() == Some(ProblemCode::SessionEnded)
                && context.delivery.merge_into_feedback(entry).await? =>
        {
            Ok(Attempt::Done)
        }
        ApiError::Refused { problem, retry_after_s } if is_final(&problem) => {
            let refused = Refused { code: FailureCode::Server(problem.code), fields: problem.fields.clone() };
            let failure = Failure::from(ApiError::Refused { problem, retry_after_s });
            context.delivery.refuse(entry.key, refused, Some(failure)).await?;
            Ok(Attempt::Done)
        }
        // Everything else gets through, so this act is what the intermediary objects to (it may be too long for it).
        // Retried for ever, it would hold up all acts after it.
        ApiError::Intermediary { .. }
            if matches!(context.connection.link_state(), LinkState::Live | LinkState::Polling)
                && Intercepted::note(intercepted, entry.key) =>
        {
            let refused = Refused { code: FailureCode::Local(LocalCode::Intercepted), fields: Vec::new() };
            context.delivery.refuse(entry.key, refused, None).await?;
            Ok(Attempt::Done)
        }
        // If not signed in, the supervisor finds out as well, and reports it; the act keeps waiting for the same user.
        error => Ok(Attempt::Retry(error.retry_after_s())),
    }
}

/// An act that an intermediary keeps refusing while the feed gets through.
struct Intercepted {
    key: Uuid,
    since: Instant,
    attempts: u32,
}

impl Intercepted {
    /// Counts another such refusal; returns whether the act is to be given up.
    fn note(known: &mut Option<Self>, key: Uuid) -> bool {
        let now = Instant::now();
        let known = match known {
            Some(known) if known.key == key => known,
            known => known.insert(Self { key, since: now, attempts: 0 }),
        };
        known.attempts += 1;
        known.attempts >= INTERCEPTED_ATTEMPTS && now.duration_since(known.since) >= INTERCEPTED_TIME
    }
}

/// Whether a refusal is final, rather than a temporary problem: the status says so, also for a code of a newer version.
fn is_final(problem: &Problem) -> bool {
    (400..500).contains(&problem.status) && ![401, 408, 429].contains(&problem.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_act_that_only_an_intermediary_refuses_is_given_up_after_a_minute_and_three_attempts() {
        let (act, another) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut known = None;
        assert!(!Intercepted::note(&mut known, act));
        tokio::time::advance(INTERCEPTED_TIME).await;
        assert!(!Intercepted::note(&mut known, act), "two attempts may be one hiccup");
        assert!(Intercepted::note(&mut known, act));
        assert!(!Intercepted::note(&mut known, another), "each act has its own minute");
        assert!(!Intercepted::note(&mut known, another));
        assert!(!Intercepted::note(&mut known, another), "three attempts within a moment");
    }
}
