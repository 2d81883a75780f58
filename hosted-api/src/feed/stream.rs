//! The feed as a stream: what was missed, then what comes, without a hole between.

use std::convert::Infallible;
use std::sync::Arc;

use async_stream::stream;
use axum::body::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};
use training::ProblemCode;
use training::wire::{ByeReason, Cursor, Hello};

use super::frame;
use super::hub::{Heard, Subscription};
use crate::app::App;
use crate::clock;
use crate::http::{ApiError, Caller};
use crate::store::{Backlog, FeedEvent};

/// Opens the caller's stream after `cursor`; without one, after everything that is there.
///
/// What the database has to say at the start is asked before the answer begins, so that its failure is an error of the
/// request and not a stream that breaks.
pub(crate) async fn open(
    app: Arc<App>,
    caller: Caller,
    cursor: Option<Cursor>,
) -> Result<impl Stream<Item = Result<Bytes, Infallible>> + Send + use<>, ApiError> {
    let user = caller.account.id;
    // First listen, then read: nothing can fall between.
    let subscription = app.hub.subscribe(user, caller.device).ok_or_else(ApiError::draining)?;
    still_signed_in(&app, &caller).await?;
    let resumed = cursor.is_some();
    let from = match cursor {
        Some(cursor) => cursor,
        None => app.store.feed_head(user).await?.cursor(),
    };
    let backlog = app.store.backlog(user, &from).await?;
    let expires = Instant::now() + clock::until(clock::now(), caller.expires_at);
    let reader = Reader { app, caller, at: from };
    Ok(messages(reader, subscription, backlog, resumed, expires))
}

/// Refuses a caller whose sign-in has ended since it was asked for. Once one listens, an end is heard; asked after that,
/// none can fall between.
pub(super) async fn still_signed_in(app: &App, caller: &Caller) -> Result<(), ApiError> {
    if app.store.read().await?.is_signed_in(caller.device).await? {
        Ok(())
    } else {
        Err(ApiError::new(ProblemCode::TokenInvalid))
    }
}

/// Where one stream stands in its feed.
struct Reader {
    app: Arc<App>,
    caller: Caller,
    /// The last event that was sent.
    at: Cursor,
}

impl Reader {
    /// The messages of these events, which follow what was sent.
    fn take(&mut self, events: &[FeedEvent]) -> Vec<Bytes> {
        if let Some(last) = events.last() {
            self.at.seq = last.seq;
        }
        events.iter().map(|event| frame::event(&self.at.epoch, event)).collect()
    }

    async fn read(&self) -> Option<Backlog> {
        match self.app.store.backlog(self.caller.account.id, &self.at).await {
            Ok(backlog) => Some(backlog),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a stream could not read its feed");
                None
            }
        }
    }
}

fn messages(
    mut reader: Reader,
    mut subscription: Subscription,
    backlog: Backlog,
    resumed: bool,
    expires: Instant,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    stream! {
        let _open = reader.app.metrics.stream_opened();
        if matches!(backlog, Backlog::Expired) {
            yield Ok(frame::reset());
            return;
        }
        let every = reader.app.timing.keep_alive;
        let hello = Hello {
            cursor: reader.at.clone(),
            resumed,
            keep_alive_s: u32::try_from(every.as_secs()).unwrap_or(u32::MAX),
            server_time: clock::now(),
        };
        yield Ok(frame::hello(&hello));

        let mut behind = Some(backlog);
        let mut keep_alive = interval_at(Instant::now() + every, every);
        keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            while let Some(backlog) = behind.take() {
                let Backlog::Events { events, more } = backlog else {
                    yield Ok(frame::reset());
                    return;
                };
                for message in reader.take(&events) {
                    yield Ok(message);
                }
                // Also while there is much to catch up on.
                if let Some(reason) = subscription.ended().or((Instant::now() >= expires).then_some(ByeReason::TokenExpired)) {
                    yield Ok(frame::bye(reason));
                    return;
                }
                if more {
                    behind = reader.read().await;
                    // Without an answer from the database the stream just ends; the client comes back.
                    if behind.is_none() {
                        return;
                    }
                }
            }
            let heard = tokio::select! {
                biased;
                heard = subscription.next() => heard,
                () = sleep_until(expires) => Heard::End(ByeReason::TokenExpired),
                _ = keep_alive.tick() => {
                    yield Ok(frame::KEEP_ALIVE);
                    continue;
                }
            };
            match heard {
                Heard::End(reason) => {
                    yield Ok(frame::bye(reason));
                    return;
                }
                Heard::Wake(wake) if *wake.epoch == *reader.at.epoch && wake.seq <= reader.at.seq => {}
                Heard::Wake(wake) if *wake.epoch == *reader.at.epoch && wake.seq == reader.at.seq + 1 => {
                    reader.at.seq = wake.seq;
                    keep_alive.reset();
                    yield Ok(wake.message);
                }
                Heard::Wake(_) => {
                    behind = reader.read().await;
                    if behind.is_none() {
                        return;
                    }
                }
            }
        }
    }
}
