//! The live supervisor: keeps a profile at the head of its feed, whatever the network does.
//!
//! A snapshot first; then the stream. While the stream is down the feed is polled, through the very same
//! [`Shared::follow`], and attempts at the stream go on beside it; the first that gets its `hello` takes over. Nothing
//! can be lost or shown twice in between, because [`crate::replica::Replica`] takes an event only in its place.

mod backoff;
mod stream;

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use training::ProblemCode;
use training::wire::{ByeReason, FeedPage};

use self::backoff::Backoff;
use self::stream::{Ended, Heard, Stream};
use crate::agent::Shared;
use crate::bridge::{LinkState, LocalCode, SignedOut};
use crate::failure::ApiError;
use crate::replica::{Followed, ReplicaError};

/// How long after losing the stream polling begins, if the stream is not back by then.
const POLL_AFTER: Duration = Duration::from_secs(1);
/// How long the stream may take to its `hello`; a proxy that buffers holds it back for ever.
const HELLO_WITHIN: Duration = Duration::from_secs(5);
/// A stream that is gone sooner than this was no success: the next attempt waits, so that a proxy that cuts every stream
/// at its start, or a disk that takes no event, is not asked as fast as the network allows.
const STEADY_AFTER: Duration = Duration::from_secs(10);
/// After how long a connection begins with a snapshot again: exercises and people change outside the feed.
const SNAPSHOT_GOOD_FOR: Duration = Duration::from_hours(1);

/// Why following the feed can't simply go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// The cursor can't be continued.
    Snapshot,
    /// The server ended the sign-in.
    SignedOut,
}

/// Follows the feed whenever somebody is signed in. Never returns.
pub(crate) async fn supervise(shared: &Shared) {
    let mut sign_ins = shared.sign_ins();
    loop {
        if sign_ins.borrow_and_update().is_some() {
            tokio::select! {
                // First, so that nothing of a sign-in that is over is stored any more: whoever ends one says so while
                // holding the replica.
                biased;
                // Signed in as somebody else, out, or pointed to another server.
                _ = sign_ins.changed() => {}
                () = follow(shared) => shared.signed_out(SignedOut::ByServer).await,
            }
        } else if sign_ins.changed().await.is_err() {
            return;
        }
    }
}

/// Follows the feed until the server ends the sign-in.
async fn follow(shared: &Shared) {
    loop {
        shared.set_link(LinkState::Connecting, None);
        if take_snapshot(shared).await == Err(Turn::SignedOut) {
            return;
        }
        match keep_up(shared).await {
            Turn::Snapshot => {}
            Turn::SignedOut => return,
        }
    }
}

/// Follows the feed from a snapshot just taken, until that is too old or the feed has to be begun anew.
async fn keep_up(shared: &Shared) -> Turn {
    let snapshot_taken = Instant::now();
    let mut backoff = Backoff::default();
    let mut at_once = true;
    while snapshot_taken.elapsed() < SNAPSHOT_GOOD_FOR {
        let stream = match connect(shared, &mut backoff, at_once).await {
            Ok(stream) => stream,
            Err(turn) => return turn,
        };
        let up_since = Instant::now();
        shared.set_link(LinkState::Live, None);
        let lost = match listen(shared, stream).await {
            Ok(lost) => lost,
            Err(turn) => return turn,
        };
        match lost {
            Lost::Gone | Lost::Renewed => shared.set_link(LinkState::Connecting, None),
            Lost::NotStored => shared.set_link(LinkState::Offline, Some(LocalCode::Replica)),
        }
        at_once = lost == Lost::Renewed || up_since.elapsed() >= STEADY_AFTER;
        if at_once {
            backoff.reset();
        }
    }
    Turn::Snapshot
}

/// Takes a snapshot, however often it has to be tried.
async fn take_snapshot(shared: &Shared) -> Result<(), Turn> {
    let mut backoff = Backoff::default();
    loop {
        let problem = match shared.api().snapshot().await {
            Ok(snapshot) => match shared.replace(snapshot).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the snapshot could not be stored");
                    (LocalCode::Replica, None)
                }
            },
            Err(ApiError::NotSignedIn) => return Err(Turn::SignedOut),
            Err(error) => {
                tracing::debug!(%error, "no snapshot");
                (error.local_code(), error.retry_after_s())
            }
        };
        shared.set_link(LinkState::Offline, Some(problem.0));
        pause(shared, &mut backoff, problem.1).await;
    }
}

/// Gets the stream back, polling meanwhile.
async fn connect(shared: &Shared, backoff: &mut Backoff, at_once: bool) -> Result<Stream, Turn> {
    tokio::select! {
        biased;
        opened = attempt(shared, backoff, at_once) => opened,
        turn = poll(shared) => Err(turn),
    }
}

/// Tries the stream until it is up, at once or after a pause.
async fn attempt(shared: &Shared, backoff: &mut Backoff, at_once: bool) -> Result<Stream, Turn> {
    if !at_once {
        pause(shared, backoff, None).await;
    }
    loop {
        let asked_s = match open(shared).await {
            Opened::Up(stream) => return Ok(*stream),
            Opened::Turned(turn) => return Err(turn),
            Opened::HeldBack => {
                shared.stream_is_held_back();
                None
            }
            Opened::Failed(error) => {
                tracing::debug!(%error, "no stream");
                shared.stream_failed(error.local_code());
                error.retry_after_s()
            }
        };
        pause(shared, backoff, asked_s).await;
    }
}

/// What came of one attempt.
enum Opened {
    Up(Box<Stream>),
    Turned(Turn),
    HeldBack,
    Failed(ApiError),
}

/// Opens one stream and waits for its `hello`.
async fn open(shared: &Shared) -> Opened {
    let Some(cursor) = shared.cursor().await else { return Opened::Turned(Turn::Snapshot) };
    let api = shared.api();
    let (request, token) = match api.stream_request(&cursor).await {
        Ok(request) => request,
        Err(ApiError::NotSignedIn) => return Opened::Turned(Turn::SignedOut),
        Err(error) => return Opened::Failed(error),
    };
    let Ok(mut stream) = Stream::open(request) else { return Opened::Failed(ApiError::NotRingside) };
    match timeout(HELLO_WITHIN, stream.next()).await {
        Err(_late) => Opened::HeldBack,
        Ok(Ok(Heard::Hello(hello))) if hello.resumed => {
            shared.set_server_time(hello.server_time);
            Opened::Up(Box::new(stream))
        }
        Ok(Ok(Heard::Hello(_) | Heard::Reset)) => Opened::Turned(Turn::Snapshot),
        Ok(Ok(Heard::Bye(_)) | Err(Ended::Gone)) => {
            Opened::Failed(ApiError::ServerError { status: 503, retry_after_s: None })
        }
        Ok(Ok(Heard::Event { .. }) | Err(Ended::Nonsense)) => Opened::Failed(ApiError::NotRingside),
        Ok(Err(Ended::Refused(error))) if error.code() == Some(ProblemCode::TokenInvalid) => {
            match api.tokens.access_after(&api, &token).await {
                Err(ApiError::NotSignedIn) => Opened::Turned(Turn::SignedOut),
                _ => Opened::Failed(error),
            }
        }
        Ok(Err(Ended::Refused(error))) => Opened::Failed(error),
    }
}

/// Polls the feed for as long as it is left to run.
async fn poll(shared: &Shared) -> Turn {
    sleep(POLL_AFTER).await;
    let mut backoff = Backoff::default();
    // The first answer says at once whether polling works; later ones are held back until there is something.
    let mut wait = false;
    loop {
        let Some(cursor) = shared.cursor().await else { return Turn::Snapshot };
        match shared.api().poll(&cursor, wait).await {
            Ok(page) => match take_page(shared, &page).await {
                Ok(Followed::Broken) => return Turn::Snapshot,
                Ok(Followed::Stored(_) | Followed::Known) => {
                    shared.polling_works();
                    backoff.reset();
                    wait = !page.more;
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "an event could not be stored");
                    shared.set_link(LinkState::Offline, Some(LocalCode::Replica));
                    pause(shared, &mut backoff, None).await;
                }
            },
            Err(ApiError::NotSignedIn) => return Turn::SignedOut,
            Err(error) if error.code() == Some(ProblemCode::CursorExpired) => return Turn::Snapshot,
            Err(error) => {
                tracing::debug!(%error, "no poll");
                shared.set_link(LinkState::Offline, Some(error.local_code()));
                pause(shared, &mut backoff, error.retry_after_s()).await;
                wait = false;
            }
        }
    }
}

/// Stores the events of a page, as far as they can be.
async fn take_page(shared: &Shared, page: &FeedPage) -> Result<Followed, ReplicaError> {
    for envelope in &page.events {
        if shared.follow(&page.cursor.epoch, envelope).await? == Followed::Broken {
            return Ok(Followed::Broken);
        }
    }
    Ok(Followed::Known)
}

/// How a stream was lost that another one may simply take the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    /// It ended, on purpose or not.
    Gone,
    /// Its token had run out, and there is a new one.
    Renewed,
    /// What came could not be stored.
    NotStored,
}

/// Listens to a stream that is up.
async fn listen(shared: &Shared, mut stream: Stream) -> Result<Lost, Turn> {
    loop {
        match stream.next().await {
            Ok(Heard::Event { epoch, envelope }) => match shared.follow(&epoch, &envelope).await {
                Ok(Followed::Stored(_) | Followed::Known) => {}
                Ok(Followed::Broken) => return Err(Turn::Snapshot),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "an event could not be stored");
                    return Ok(Lost::NotStored);
                }
            },
            Ok(Heard::Hello(_)) => {}
            Ok(Heard::Reset) => return Err(Turn::Snapshot),
            Ok(Heard::Bye(ByeReason::TokenExpired | ByeReason::SignedOut)) => {
                // Whether the sign-in itself is over shows when a new token is asked for.
                return match shared.api().tokens.renew(&shared.api()).await {
                    Ok(_token) => Ok(Lost::Renewed),
                    Err(ApiError::NotSignedIn) => Err(Turn::SignedOut),
                    Err(_) => Ok(Lost::Gone),
                };
            }
            Ok(Heard::Bye(ByeReason::Draining | ByeReason::TooSlow)) | Err(_) => return Ok(Lost::Gone),
        }
    }
}

/// Waits before the next attempt, or until somebody asks for it now.
async fn pause(shared: &Shared, backoff: &mut Backoff, asked_s: Option<u32>) {
    let wait = backoff.after_failure(&mut rand::rng(), asked_s);
    tokio::select! {
        () = sleep(wait) => {}
        () = shared.asked_to_try() => backoff.reset(),
    }
}
