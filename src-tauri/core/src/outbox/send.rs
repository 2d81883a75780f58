//! Sending what waits, one after the other, in the order it was done.

use std::time::Duration;

use training::{ProblemCode, Round, Session};

use super::Entry;
use crate::agent::Shared;
use crate::bridge::Failure;
use crate::failure::ApiError;
use crate::live::Backoff;
use crate::outbox::Refused;

/// How soon after its answer an act's event comes over a stream that lives.
const EVENT_WITHIN: Duration = Duration::from_secs(1);

/// What the server made of an act.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// The session, changed.
    Session(Box<Session>),
    /// The round, made or changed.
    Round(Box<Round>),
    /// The round is gone.
    Gone,
}

/// Sends whatever waits, whenever somebody is signed in. Never returns.
pub(crate) async fn send_waiting(shared: &Shared) {
    let mut sign_ins = shared.sign_ins();
    loop {
        if sign_ins.borrow_and_update().is_some() {
            tokio::select! {
                biased;
                // Another sign-in, or none: what waits is that person's.
                _ = sign_ins.changed() => {}
                () = send_all(shared) => {}
            }
        } else if sign_ins.changed().await.is_err() {
            return;
        }
    }
}

async fn send_all(shared: &Shared) {
    let mut backoff = Backoff::default();
    loop {
        let Some(entry) = shared.next_to_send().await else {
            tokio::select! {
                biased;
                () = shared.something_waits() => {}
                () = tokio::time::sleep(EVENT_WITHIN), if shared.is_behind().await => catch_up(shared).await,
            }
            continue;
        };
        match send(shared, &entry).await {
            Sent::Settled => backoff.reset(),
            Sent::Later(asked_s) => {
                let time = backoff.after_failure(&mut shared.chance(), asked_s);
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

/// Asks for what the feed has not brought although it was done: the stream may be dead and not know it.
async fn catch_up(shared: &Shared) {
    let Some(cursor) = shared.cursor().await else { return };
    let Ok(page) = shared.api().poll(&cursor, false).await else { return };
    for envelope in &page.events {
        if shared.follow(&page.cursor.epoch, envelope).await.is_err() {
            return;
        }
    }
    if !page.events.is_empty() {
        tracing::info!("the stream did not bring what was done; another one is opened");
        shared.woke();
    }
}

/// What became of one attempt.
enum Sent {
    /// It is known what the server made of it.
    Settled,
    /// It is not, or not now; perhaps the server said after how many seconds.
    Later(Option<u32>),
}

async fn send(shared: &Shared, entry: &Entry) -> Sent {
    // Resent as it was first: only then does its key tell whether it was done.
    let version = match (entry.sent_on, entry.act.round()) {
        (Some(version), _) => Some(version),
        (None, Some(round)) if entry.act.base().is_some() => match shared.version_to_send_on(entry, round).await {
            Ok(version) => {
                shared.sending_on(entry.key, version).await;
                Some(version)
            }
            Err(code) => {
                shared.refused(entry.key, Refused { code, fields: Vec::new() }, None).await;
                return Sent::Settled;
            }
        },
        (None, _) => None,
    };
    match shared.api().perform(entry, version).await {
        Ok(answer) => {
            shared.acknowledged(entry.key, answer).await;
            Sent::Settled
        }
        // It was not done on that version, for certain; the replica will have the newer one in a moment.
        Err(error) if error.code() == Some(ProblemCode::VersionMismatch) && version.is_some() => {
            shared.not_on_that_version(entry.key).await;
            Sent::Later(None)
        }
        Err(ApiError::Refused { problem, retry_after_s }) if is_final(problem.code) => {
            let refused = Refused { code: problem.code, fields: problem.fields.clone() };
            let failure = Failure::from(ApiError::Refused { problem, retry_after_s });
            shared.refused(entry.key, refused, Some(failure)).await;
            Sent::Settled
        }
        // The supervisor learns it as well, and says so; what waits goes on waiting for the same person.
        Err(ApiError::NotSignedIn) => Sent::Later(None),
        Err(error) => {
            tracing::debug!(%error, "an act waits");
            Sent::Later(error.retry_after_s())
        }
    }
}

/// Whether a refusal is the server's last word, and not its trouble at the moment.
fn is_final(code: ProblemCode) -> bool {
    let passes =
        [ProblemCode::TokenInvalid, ProblemCode::TokenMissing, ProblemCode::TooManyAttempts, ProblemCode::Timeout];
    code.status() < 500 && !passes.contains(&code)
}
