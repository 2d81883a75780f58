//! Sends the waiting acts, one at a time, in the order they were done.

use std::time::Duration;

use training::ProblemCode;
use uuid::Uuid;

use super::Backoff;
use super::refusals::{IntermediaryRefusals, refuses_for_good};
use crate::bridge::{Failure, FailureCode, LinkState, LocalCode};
use crate::context::AgentContext;
use crate::failure::ApiError;
use crate::outbox::{Entry, Refused};
use crate::replica::{Applied, ReplicaError};

/// How soon after its answer an act's event should arrive over a live stream.
const EVENT_TIMEOUT: Duration = Duration::from_secs(1);

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
    let (mut backoff, mut catch_up_backoff) = (Backoff::default(), Backoff::default());
    let mut refusals = IntermediaryRefusals::default();
    let mut catch_up_after = EVENT_TIMEOUT;
    loop {
        let Some(entry) = context.delivery.next().await else {
            let missing = context.store.unconfirmed_keys().await;
            tokio::select! {
                biased;
                () = context.connection.outbox_changed() => {}
                () = tokio::time::sleep(catch_up_after), if !missing.is_empty() => {
                    catch_up_after = EVENT_TIMEOUT;
                    // The event has not arrived at once, so the act is shown until it does.
                    context.store.show_unconfirmed().await;
                    if let Err(error) = catch_up(context, &missing).await {
                        tracing::debug!(%error, "events of answered acts are still missing");
                        catch_up_after += catch_up_backoff.after_failure(&mut context.rng(), error.retry_after_s());
                    } else {
                        catch_up_backoff.reset();
                    }
                }
            }
            continue;
        };
        match send(context, &entry, &mut refusals).await {
            Attempt::Done => backoff.reset(),
            Attempt::Retry(retry_after_s) => {
                let time = backoff.after_failure(&mut context.rng(), retry_after_s);
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

async fn send(context: &AgentContext, entry: &Entry, refusals: &mut IntermediaryRefusals) -> Attempt {
    let attempt = match try_to_send(context, entry, refusals).await {
        Ok(attempt) => attempt,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the outcome of an act could not be stored");
            Attempt::Retry(None)
        }
    };
    if let Attempt::Retry(_) = attempt {
        tracing::debug!(act = %entry.key, "an act stays pending");
    }
    attempt
}

async fn try_to_send(
    context: &AgentContext,
    entry: &Entry,
    refusals: &mut IntermediaryRefusals,
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
            Err(code) => return refuse(context, entry, FailureCode::Server(code)).await,
        },
    };
    let error = match context.api().perform(entry, version).await {
        Ok(answer) => {
            context.delivery.acknowledge(entry.key, answer).await?;
            return Ok(Attempt::Done);
        }
        Err(error) => error,
    };
    // Everything else gets through, so this act is what the intermediary objects to (it may be too long for it). Retried
    // for ever, it would hold up all acts after it.
    let is_last = match error {
        ApiError::NotRingside => refusals.note(entry.key),
        ApiError::Intermediary { status, .. } if refuses_for_good(status) => refusals.note(entry.key),
        _ => refusals.reset(),
    };
    if !matches!(context.connection.link_state(), LinkState::Live | LinkState::Polling) {
        refusals.reset();
    } else if is_last {
        return refuse(context, entry, FailureCode::Local(LocalCode::RefusedByIntermediary)).await;
    }
    handle_error(context, entry, version, error).await
}

async fn handle_error(
    context: &AgentContext,
    entry: &Entry,
    version: Option<u64>,
    error: ApiError,
) -> Result<Attempt, ReplicaError> {
    let delivery = &context.delivery;
    match error.code() {
        // The feedback was given before this client could know that the session had ended.
        Some(ProblemCode::SessionEnded) => {
            if let Some(late) = entry.late() {
                return delivery.replace(entry, late).await.map(|()| Attempt::Done);
            }
            if delivery.merge_into_feedback(entry).await? {
                return Ok(Attempt::Done);
            }
        }
        Some(ProblemCode::NotFound) => {
            if let Some(recreating) = entry.recreating() {
                return delivery.replace(entry, recreating).await.map(|()| Attempt::Done);
            }
        }
        // It was certainly not applied to that version; the replica will have the newer one in a moment.
        Some(ProblemCode::VersionMismatch) if version.is_some() => {
            return delivery.mark_unsent(entry.key).await.map(|()| Attempt::Retry(None));
        }
        _ => {}
    }
    match error {
        ApiError::Refused { problem, retry_after_s } if refuses_for_good(problem.status) => {
            let refused = Refused { code: FailureCode::Server(problem.code), fields: problem.fields.clone() };
            let failure = Failure::from(ApiError::Refused { problem, retry_after_s });
            delivery.refuse(entry.key, refused, Some(failure)).await?;
            Ok(Attempt::Done)
        }
        // If not signed in, the supervisor finds out as well, and reports it; the act keeps waiting for the same user.
        error => Ok(Attempt::Retry(error.retry_after_s())),
    }
}

async fn refuse(context: &AgentContext, entry: &Entry, code: FailureCode) -> Result<Attempt, ReplicaError> {
    context.delivery.refuse(entry.key, Refused { code, fields: Vec::new() }, None).await?;
    Ok(Attempt::Done)
}
