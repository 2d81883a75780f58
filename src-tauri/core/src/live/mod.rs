//! The live supervisor: keeps a profile at the head of its feed, whatever the network does.
//!
//! It starts with a snapshot, then follows the stream ([`mod@listen`]). While the stream is down it polls the feed
//! ([`mod@poll`]), through the same `Store::apply_event`, and keeps trying to reconnect the stream ([`connect`]); the first
//! attempt that gets its `hello` takes over. No event can be lost or shown twice in between, because
//! [`crate::replica::Replica`] accepts events only in sequence.

mod backoff;
mod connect;
mod deferred;
mod listen;
mod poll;
mod refusals;
mod send;
mod stream;
mod wake;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

pub(crate) use self::backoff::Backoff;
use self::connect::{OpenStream, attempt};
pub(crate) use self::deferred::Deferred;
use self::listen::{StreamEnd, listen, listen_on_probation};
use self::poll::poll;
pub(crate) use self::refusals::IntermediaryRefusals;
pub(crate) use self::send::send_waiting;
pub(crate) use self::wake::watch_for_sleep;
use crate::bridge::LinkState;
use crate::context::AgentContext;
use crate::failure::ApiError;

/// The longest retry delay that a server may ask for when it shuts down.
const LONGEST_RETRY: Duration = Duration::from_secs(30);
/// A stream that ends sooner than this counts as a failure: the next attempt backs off, so that a proxy that cuts every
/// stream at its start, or a disk that stores no event, is not retried as fast as the network allows.
const STEADY_AFTER: Duration = Duration::from_secs(10);
/// How long a network that holds streams back is polled only.
const HELD_BACK_FOR: Duration = Duration::from_mins(10);
/// The age at which a snapshot must be taken again: accounts change outside the feed.
const SNAPSHOT_MAX_AGE: Duration = Duration::from_hours(1);

/// Why the feed can't simply be followed further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interruption {
    /// The cursor can't be continued, or a new snapshot is due.
    Snapshot,
    /// The server ended the sign-in.
    SignedOut,
}

/// When to try the next stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Now.
    AtOnce,
    /// As after a failure.
    BackOff,
    /// After the wait that the server asked for when it shut down.
    After(Duration),
    /// After [`wait_for_another_network`]: something holds back what a stream sends.
    HeldBack,
}

/// Follows the feed whenever somebody is signed in. Never returns.
pub(crate) async fn supervise(context: &Arc<AgentContext>) {
    loop {
        let followed = context.connection.while_signed_in(|number| async move {
            follow(context).await;
            number
        });
        if let Some(number) = followed.await {
            context.sign_in.ended_by_server(number).await;
        }
    }
}

/// Follows the feed until the server ends the sign-in.
async fn follow(context: &Arc<AgentContext>) {
    let mut backoff = Backoff::default();
    loop {
        context.connection.set_link(LinkState::Connecting, None);
        if take_snapshot(context).await == Err(Interruption::SignedOut) {
            return;
        }
        match keep_up(context).await {
            Interruption::Snapshot => {}
            Interruption::SignedOut => return,
        }
        // A feed that can't be followed right after a snapshot will not be followed after the next one either.
        if context.connection.snapshot_age() < STEADY_AFTER {
            pause(context, &mut backoff, None).await;
        } else {
            backoff.reset();
        }
    }
}

/// Takes a snapshot, retrying until it succeeds.
async fn take_snapshot(context: &AgentContext) -> Result<(), Interruption> {
    let mut backoff = Backoff::default();
    loop {
        let (code, retry_after_s) = match context.api().snapshot().await {
            Ok(snapshot) => match context.store.take_snapshot(snapshot).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the snapshot could not be stored");
                    (error.local_code(), None)
                }
            },
            Err(ApiError::NotSignedIn) => return Err(Interruption::SignedOut),
            Err(error) => {
                tracing::debug!(%error, "taking a snapshot failed");
                (error.local_code(), error.retry_after_s())
            }
        };
        context.connection.set_link(LinkState::Offline, Some(code));
        pause(context, &mut backoff, retry_after_s).await;
    }
}

/// Follows the feed from a fresh snapshot, until that is too old or the feed has to be restarted.
async fn keep_up(context: &Arc<AgentContext>) -> Interruption {
    let mut backoff = Backoff::default();
    let mut next = Next::AtOnce;
    // In a row.
    let mut silent_streams = 0;
    while context.connection.snapshot_age() < SNAPSHOT_MAX_AGE {
        let stream = match reconnect(context, &mut backoff, next).await {
            Ok(stream) => stream,
            Err(interruption) => return interruption,
        };
        let opened_at = Instant::now();
        let on_probation = silent_streams > 0;
        let end = if on_probation {
            listen_on_probation(context, stream).await
        } else {
            context.connection.set_link(LinkState::Live, None);
            listen(context, stream).await
        };
        // The next stream, or a snapshot, may take long.
        context.store.show_unconfirmed().await;
        let end = match end {
            Ok(end) => end,
            Err(interruption) => return interruption,
        };
        match end {
            StreamEnd::NotStored(code) => context.connection.set_link(LinkState::Offline, Some(code)),
            // Polling goes on.
            StreamEnd::Silent if on_probation => {}
            StreamEnd::Gone
            | StreamEnd::Silent
            | StreamEnd::Draining(_)
            | StreamEnd::Renewed
            | StreamEnd::Abandoned => {
                context.connection.set_link(LinkState::Connecting, None);
            }
        }
        silent_streams = if end == StreamEnd::Silent { silent_streams + 1 } else { 0 };
        next = match end {
            StreamEnd::Silent if on_probation => Next::HeldBack,
            StreamEnd::Draining(after) => Next::After(after.min(LONGEST_RETRY)),
            StreamEnd::Gone | StreamEnd::NotStored(_) if opened_at.elapsed() < STEADY_AFTER => Next::BackOff,
            StreamEnd::Gone
            | StreamEnd::Silent
            | StreamEnd::NotStored(_)
            | StreamEnd::Renewed
            | StreamEnd::Abandoned => Next::AtOnce,
        };
        if next != Next::BackOff {
            backoff.reset();
        }
    }
    Interruption::Snapshot
}

/// Reconnects the stream, polling meanwhile.
async fn reconnect(context: &AgentContext, backoff: &mut Backoff, next: Next) -> Result<OpenStream, Interruption> {
    tokio::select! {
        biased;
        stream = attempt(context, backoff, next) => stream,
        interruption = poll(context, next) => Err(interruption),
    }
}

/// Waits until there may be another network, or for [`HELD_BACK_FOR`]: the person or the system says that the network
/// is back, or the connections were abandoned.
async fn wait_for_another_network(context: &AgentContext) {
    let mut abandonments = context.connection.abandonments();
    tokio::select! {
        biased;
        _ = abandonments.changed() => {}
        () = context.connection.network_returned() => {}
        () = sleep(HELD_BACK_FOR) => {}
    }
}

/// Backs off before the next attempt, or until asked to try now.
async fn pause(context: &AgentContext, backoff: &mut Backoff, asked_s: Option<u32>) {
    let time = backoff.after_failure(&mut context.rng(), asked_s);
    wait(context, time, backoff).await;
}

/// Waits this long, or until asked to try now.
async fn wait(context: &AgentContext, time: Duration, backoff: &mut Backoff) {
    tokio::select! {
        biased;
        () = sleep(time) => {}
        () = context.connection.retry_requested() => backoff.reset(),
    }
}
