//! The feed as a stream: missed events, then live ones, without a gap between.
//!
//! Other servers on the same database wake no stream of this one, and a wake-up can be lost. So each stream looks at the
//! database once in each keep-alive interval: it sends what it has missed, and ends if its sign-in has ended.
//!
//! A trainer's stream also says which of their athletes are there: right after `hello`, and with each change.

use std::future::pending;
use std::sync::Arc;

use async_stream::stream;
use bytes::Bytes;
use tokio::time::{Instant, sleep_until};
use training::wire::{API_VERSION, ByeReason, Cursor, Hello, Role};
use training::{ProblemCode, UserId};

use super::frame;
use super::hub::{Form, Subscription};
use super::presence::{Attending, Watch};
use super::wake::Received;
use crate::accounts::DeviceId;
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
    let watch = watch(&app, &caller).await?;
    let attending = caller.account.roles.contains(&Role::Athlete).then(|| app.attendance.attend(user));
    let reader = Reader { app, user, device: caller.device, at, _attending: attending };
    Ok(messages(reader, subscription, watch, backlog, resumed, expires))
}

/// The athletes of the caller, if they are a trainer. Whoever gets or loses one gets a reset, so this stream has the same to
/// its end.
async fn watch(app: &App, caller: &Caller) -> Result<Option<Box<Watch>>, ApiError> {
    if !caller.account.roles.contains(&Role::Trainer) {
        return Ok(None);
    }
    let athletes = app.store.athlete_ids_of(caller.account.id).await?;
    Ok(Some(Box::new(app.attendance.watch(athletes))))
}

/// Returns when somebody who is watched may have come or gone; never without a watch.
async fn attendance_changed(watch: Option<&Watch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => pending().await,
    }
}

/// One stream's position in its feed.
struct Reader {
    app: Arc<App>,
    user: UserId,
    device: DeviceId,
    /// The last event that was sent.
    at: Cursor,
    /// Its owner is there while it is open, if they are an athlete.
    _attending: Option<Attending>,
}

impl Reader {
    /// The messages of these events, which follow the last one sent.
    fn messages(&mut self, events: &[FeedEvent]) -> Vec<Bytes> {
        if let Some(last) = events.last() {
            self.at.seq = last.seq;
        }
        events.iter().map(|event| frame::event(&self.at.epoch, event)).collect()
    }

    /// What follows the last event sent, or the message with which the stream ends, if there is one to send.
    async fn read(&self, reason: ReadReason) -> Result<Backlog, Option<Bytes>> {
        match self.app.store.backlog_on(self.device, self.user, Some(self.at.clone())).await {
            Ok(Some((_, backlog))) => Ok(backlog),
            Ok(None) => Err(Some(frame::bye(ByeReason::SignedOut))),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                match reason {
                    // The client reconnects.
                    ReadReason::Missing => {
                        tracing::error!(error, "a stream could not read its feed");
                        Err(None)
                    }
                    // Nothing happens while the database is away, so nothing is missed.
                    ReadReason::Routine => {
                        tracing::debug!(error, "a stream could not look for events");
                        Ok(Backlog::none())
                    }
                }
            }
        }
    }
}

/// Why a stream reads its feed.
#[derive(Clone, Copy, Debug)]
enum ReadReason {
    /// Events are known to be there.
    Missing,
    /// A keep-alive interval has passed.
    Routine,
}

/// Kept as small as possible while idle: a server holds thousands of these, and nearly all are waiting.
fn messages(
    mut reader: Reader,
    mut subscription: Subscription,
    watch: Option<Box<Watch>>,
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
        for presence in watch.as_deref().map(Watch::take).unwrap_or_default() {
            yield frame::presence(&presence);
        }

        let (mut unsent, mut due) = (Some(backlog), None);
        let mut keep_alive = Instant::now() + keep_alive_interval;
        loop {
            if let Some(reason) = due.take() {
                match Box::pin(reader.read(reason)).await {
                    Ok(backlog) => unsent = Some(backlog),
                    Err(last) => {
                        if let Some(message) = last {
                            yield message;
                        }
                        return;
                    }
                }
            }
            if let Some(backlog) = unsent.take() {
                let Backlog::Events { events, more } = backlog else {
                    yield frame::reset();
                    return;
                };
                // A reset ends the stream, like a cursor that can't be continued.
                let (events, is_last) = match events.iter().position(FeedEvent::is_reset) {
                    Some(place) => (&events[..=place], true),
                    None => (&events[..], false),
                };
                for message in reader.messages(events) {
                    yield message;
                }
                if is_last {
                    return;
                }
                // Checked here too, since catching up may take long.
                if let Some(reason) = subscription.ended().or((Instant::now() >= expires).then_some(ByeReason::TokenExpired)) {
                    yield frame::bye(reason);
                    return;
                }
                if more {
                    due = Some(ReadReason::Missing);
                    continue;
                }
            }
            let received = tokio::select! {
                biased;
                // First, and whether or not events come: no flood of them puts off the look at the database.
                () = sleep_until(keep_alive.min(expires)) => {
                    if expires <= keep_alive {
                        Received::End(ByeReason::TokenExpired)
                    } else {
                        yield frame::KEEP_ALIVE;
                        keep_alive = Instant::now() + keep_alive_interval;
                        due = Some(ReadReason::Routine);
                        continue;
                    }
                }
                // There is at most one change for each athlete, so they put off no event for long.
                () = attendance_changed(watch.as_deref()) => {
                    for presence in watch.as_deref().map(Watch::take).unwrap_or_default() {
                        yield frame::presence(&presence);
                    }
                    continue;
                }
                received = subscription.next() => received,
            };
            match received {
                Received::End(reason) => {
                    yield frame::bye(reason);
                    return;
                }
                Received::Wake(wake) if *wake.epoch == *reader.at.epoch && wake.seq <= reader.at.seq => {}
                Received::Wake(wake) if *wake.epoch == *reader.at.epoch && wake.seq == reader.at.seq + 1 => {
                    reader.at.seq = wake.seq;
                    yield wake.message;
                    if wake.is_last {
                        return;
                    }
                }
                Received::Wake(_) => due = Some(ReadReason::Missing),
            }
        }
    })
}
