//! The feed as a stream: missed events, then live ones, without a gap between.

use std::sync::Arc;

use async_stream::stream;
use bytes::Bytes;
use tokio::time::{Instant, sleep_until};
use training::wire::{API_VERSION, ByeReason, Cursor, Hello};
use training::{ProblemCode, UserId};

use super::frame;
use super::hub::{Form, Subscription};
use super::wake::Received;
use crate::app::App;
use crate::clock;
use crate::connections::Messages;
use crate::http::{ApiError, Caller};
use crate::store::{Backlog, FeedEvent};

/// Opens the caller's stream after `cursor`; without one, at the head of the feed.
///
/// The first read of the database happens before the response begins, so that a failure is an error response and not
/// a broken stream.
pub(crate) async fn open(app: Arc<App>, caller: Caller, cursor: Option<Cursor>) -> Result<Messages, ApiError> {
    let user = caller.account.id;
    // Subscribe first, then read, so that no event and no sign-out is missed in between.
    let subscription = app.hub.subscribe(user, caller.device, Form::Stream)?;
    let resumed = cursor.is_some();
    let read = app.store.backlog_on(caller.device, user, cursor).await?;
    let (at, backlog) = read.ok_or(ApiError::new(ProblemCode::TokenInvalid))?;
    let expires = Instant::now() + clock::until(clock::now(), caller.expires_at);
    let reader = Reader { app, user, at };
    Ok(messages(reader, subscription, backlog, resumed, expires))
}

/// One stream's position in its feed.
struct Reader {
    app: Arc<App>,
    user: UserId,
    /// The last event that was sent.
    at: Cursor,
}

impl Reader {
    /// The messages of these events, which follow the last one sent.
    fn messages(&mut self, events: &[FeedEvent]) -> Vec<Bytes> {
        if let Some(last) = events.last() {
            self.at.seq = last.seq;
        }
        events.iter().map(|event| frame::event(&self.at.epoch, event)).collect()
    }

    async fn read(&self) -> Option<Backlog> {
        match self.app.store.backlog(self.user, &self.at).await {
            Ok(backlog) => Some(backlog),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a stream could not read its feed");
                None
            }
        }
    }
}

/// Kept as small as possible while idle: a server holds thousands of these, and nearly all are waiting.
fn messages(
    mut reader: Reader,
    mut subscription: Subscription,
    backlog: Backlog,
    resumed: bool,
    expires: Instant,
) -> Messages {
    Box::pin(stream! {
        let _open = reader.app.metrics.stream_opened();
        if matches!(backlog, Backlog::Expired) {
            yield frame::reset();
            return;
        }
        let keep_alive_interval = reader.app.timing.keep_alive;
        let hello = Hello {
            cursor: reader.at.clone(),
            resumed,
            keep_alive_s: u32::try_from(keep_alive_interval.as_secs()).unwrap_or(u32::MAX),
            server_time: clock::now(),
            api_version: Some(API_VERSION.to_owned()),
        };
        yield frame::hello(&hello);

        let mut missed = Some(backlog);
        let mut keep_alive = Instant::now() + keep_alive_interval;
        loop {
            while let Some(backlog) = missed.take() {
                let Backlog::Events { events, more } = backlog else {
                    yield frame::reset();
                    return;
                };
                for message in reader.messages(&events) {
                    yield message;
                }
                // Checked here too, since catching up may take long.
                if let Some(reason) = subscription.ended().or((Instant::now() >= expires).then_some(ByeReason::TokenExpired)) {
                    yield frame::bye(reason);
                    return;
                }
                if more {
                    missed = Box::pin(reader.read()).await;
                    // If the database fails, the stream just ends; the client reconnects.
                    if missed.is_none() {
                        return;
                    }
                }
            }
            let received = tokio::select! {
                biased;
                received = subscription.next() => received,
                () = sleep_until(keep_alive.min(expires)) => {
                    if expires <= keep_alive {
                        Received::End(ByeReason::TokenExpired)
                    } else {
                        yield frame::KEEP_ALIVE;
                        keep_alive = Instant::now() + keep_alive_interval;
                        continue;
                    }
                }
            };
            match received {
                Received::End(reason) => {
                    yield frame::bye(reason);
                    return;
                }
                Received::Wake(wake) if *wake.epoch == *reader.at.epoch && wake.seq <= reader.at.seq => {}
                Received::Wake(wake) if *wake.epoch == *reader.at.epoch && wake.seq == reader.at.seq + 1 => {
                    reader.at.seq = wake.seq;
                    keep_alive = Instant::now() + keep_alive_interval;
                    yield wake.message;
                }
                Received::Wake(_) => {
                    missed = Box::pin(reader.read()).await;
                    if missed.is_none() {
                        return;
                    }
                }
            }
        }
    })
}
