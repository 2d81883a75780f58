//! Sends the waiting acts, one at a time, in the order they were done.

use std::time::Duration;

use rand::Rng;
use training::ProblemCode;
use uuid::Uuid;

use super::Backoff;
use super::refusals::IntermediaryRefusals;
use crate::bridge::{Failure, FailureCode, LinkState, LocalCode};
use crate::context::AgentContext;
use crate::failure::{ApiError, refuses_for_good};
use crate::outbox::{Entry, Refused};
use crate::replica::{Applied, ReplicaError};

/// How soon after its answer an act's event should arrive over a live stream.
const EVENT_TIMEOUT: Duration = Duration::from_secs(1);

/// An act is tried this often on one version that the server says is not the newest. From the second time on the replica
/// is compared with the server in between, so more would not help.
const MISMATCHES_OF_ONE_VERSION: u32 = 5;

/// Sends waiting acts whenever somebody is signed in. Never returns.
pub(crate) async fn send_waiting(context: &AgentContext) {
    loop {
        // The waiting acts of another user are not sent.
        context.connection.while_signed_in(|_| send_all(context)).await;
    }
}

async fn send_all(context: &AgentContext) {
    let (mut backoff, mut catch_up_backoff) = (Backoff::default(), Backoff::default());
    let mut history = History::default();
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
        let attempt = send(context, &entry, &mut history).await;
        let Some(time) = attempt.delay_before_next(&mut backoff, &mut context.rng()) else { continue };
        tokio::select! {
            biased;
            () = tokio::time::sleep(time) => {}
            () = context.connection.outbox_changed() => {}
            () = context.connection.retry_requested() => backoff.reset(),
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
    /// To be retried on a newer version, which the server has and this profile is about to.
    Outdated,
}

impl Attempt {
    /// How long to wait before the next attempt; none after a success.
    fn delay_before_next(&self, backoff: &mut Backoff, rng: &mut impl Rng) -> Option<Duration> {
        let retry_after_s = match self {
            Self::Done => {
                backoff.reset();
                return None;
            }
            Self::Outdated => {
                // The server is there: how long it could not be reached before says nothing about the next attempt.
                backoff.reset();
                None
            }
            Self::Retry(retry_after_s) => *retry_after_s,
        };
        Some(backoff.after_failure(rng, retry_after_s))
    }
}

async fn send(context: &AgentContext, entry: &Entry, history: &mut History) -> Attempt {
    let attempt = match try_to_send(context, entry, history).await {
        Ok(attempt) => attempt,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the outcome of an act could not be stored");
            Attempt::Retry(None)
        }
    };
    if !matches!(attempt, Attempt::Done) {
        tracing::debug!(act = %entry.key, "an act stays pending");
    }
    attempt
}

async fn try_to_send(context: &AgentContext, entry: &Entry, history: &mut History) -> Result<Attempt, ReplicaError> {
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
    let refusals = &mut history.intermediary;
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
    handle_error(context, entry, version, error, &mut history.mismatches).await
}

async fn handle_error(
    context: &AgentContext,
    entry: &Entry,
    version: Option<u64>,
    error: ApiError,
    mismatches: &mut Mismatches,
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
        Some(ProblemCode::VersionMismatch) => {
            if let Some(version) = version
                && mismatches.note(entry.key, version) <= MISMATCHES_OF_ONE_VERSION
            {
                if !mismatches.is_first() {
                    compare_with_server(context).await?;
                }
                return delivery.mark_unsent(entry.key).await.map(|()| Attempt::Outdated);
            }
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

/// Takes a snapshot: the feed may have brought everything, and the replica still differ from the server (the database
/// was restored, or changed by hand).
async fn compare_with_server(context: &AgentContext) -> Result<(), ReplicaError> {
    match context.api().snapshot().await {
        Ok(snapshot) => context.store.catch_up(snapshot).await,
        Err(error) => {
            tracing::debug!(%error, "a snapshot after a refused version failed");
            Ok(())
        }
    }
}

async fn refuse(context: &AgentContext, entry: &Entry, code: FailureCode) -> Result<Attempt, ReplicaError> {
    context.delivery.refuse(entry.key, Refused { code, fields: Vec::new() }, None).await?;
    Ok(Attempt::Done)
}

/// What happened to the act that is being sent.
#[derive(Default)]
struct History {
    intermediary: IntermediaryRefusals,
    mismatches: Mismatches,
}

/// How often in a row an act was refused because of one version.
#[derive(Default)]
struct Mismatches(Option<(Uuid, u64, u32)>);

impl Mismatches {
    /// Counts another one; returns how many it is.
    fn note(&mut self, act: Uuid, version: u64) -> u32 {
        let times = match self.0 {
            Some((known, of, times)) if (known, of) == (act, version) => times + 1,
            _ => 1,
        };
        self.0 = Some((act, version, times));
        times
    }

    fn is_first(&self) -> bool {
        self.0.is_none_or(|(_, _, times)| times == 1)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn an_act_on_an_outdated_version_does_not_wait_out_the_back_off_of_an_outage_before_it() {
        for seed in 0..100 {
            let (mut backoff, mut rng) = (Backoff::default(), StdRng::seed_from_u64(seed));
            for _ in 0..10 {
                assert!(Attempt::Retry(None).delay_before_next(&mut backoff, &mut rng).is_some());
            }
            let delay = Attempt::Outdated.delay_before_next(&mut backoff, &mut rng).expect("it is retried");
            assert!(delay <= Duration::from_millis(500), "{delay:?} with seed {seed}");
        }
    }

    #[test]
    fn mismatches_are_counted_for_one_act_on_one_version() {
        let (act, another) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut mismatches = Mismatches::default();
        assert_eq!((mismatches.note(act, 3), mismatches.is_first()), (1, true));
        assert_eq!((mismatches.note(act, 3), mismatches.is_first()), (2, false));
        assert_eq!((mismatches.note(act, 4), mismatches.is_first()), (1, true), "the replica has learned of another");
        assert_eq!(mismatches.note(another, 4), 1);
    }
}
