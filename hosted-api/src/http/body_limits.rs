//! How large a body may be, how long it may take, and how much memory all bodies together may take.
//!
//! A body is read as it comes, so a client that sends it slowly holds memory for as long. How much is bounded three
//! times: for each body, by its size and by a deadline; and for all of them together, by a budget. Where nobody is
//! signed in, all of this is far less, and a budget of its own: strangers take nothing from those who are.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};
use training::ProblemCode;

use super::ApiError;
use super::body_stream::{BodyStream, MAX_FILE_BYTES, ROOM, discard};

/// Largest body, in bytes. The largest valid one, feedback for a round of fifty exercises with the longest notes, is
/// smaller even if a client escapes every character of every text.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Largest body where nobody is signed in, in bytes. The largest valid one, a sign-in, is smaller even if all of it is
/// escaped.
const MAX_ANONYMOUS_BYTES: usize = 16 * 1024;
/// The budget for the bodies of all who are signed in, in bytes.
const BUDGET: usize = 64 * 1024 * 1024;
/// The budget for all others.
const ANONYMOUS_BUDGET: usize = 8 * 1024 * 1024;
/// The budget for uploads: slow ones take nothing from anything else.
const UPLOADS_BUDGET: usize = 16 * 1024 * 1024;
/// The budget for such files: three of the largest.
const FILES_BUDGET: usize = 64 * 1024 * 1024;
/// So much of each body is not counted: a connection takes ten times as much anyway. Nearly every body is smaller, so
/// it finds room also while others use the whole budget up.
const UNCOUNTED: usize = 1024;

/// How long a body may take to arrive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyTiming {
    /// From somebody who is signed in.
    pub(crate) signed_in: Duration,
    /// Where nobody is signed in.
    pub(crate) anonymous: Duration,
}

impl Default for BodyTiming {
    fn default() -> Self {
        Self { signed_in: Duration::from_secs(30), anonymous: Duration::from_secs(10) }
    }
}

/// What bodies may take, by who sends them.
pub(crate) struct Bodies {
    pub(super) signed_in: BodyLimits,
    pub(super) anonymous: BodyLimits,
    files: BodyLimits,
    uploads: Arc<Semaphore>,
}

/// What bodies from one kind of sender may take.
pub(super) struct BodyLimits {
    max_bytes: usize,
    within: Duration,
    /// A permit for each byte.
    budget: Arc<Semaphore>,
}

/// All of a body.
#[derive(Debug, Default)]
pub(crate) struct CollectedBody {
    bytes: Vec<u8>,
    /// Its part of the budget.
    counted: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    pub(crate) fn new(timing: BodyTiming) -> Self {
        let limits =
            |max_bytes, budget, within| BodyLimits { max_bytes, within, budget: Arc::new(Semaphore::new(budget)) };
        Self {
            signed_in: limits(MAX_BYTES, BUDGET, timing.signed_in),
            anonymous: limits(MAX_ANONYMOUS_BYTES, ANONYMOUS_BUDGET, timing.anonymous),
            files: limits(MAX_FILE_BYTES, FILES_BUDGET, timing.signed_in),
            uploads: Arc::new(Semaphore::new(UPLOADS_BUDGET)),
        }
    }
}

impl Bodies {
    /// The body of an upload, to be read piece by piece.
    pub(crate) fn stream(&self, body: Body) -> Result<BodyStream, ApiError> {
        let room = Arc::clone(&self.uploads).try_acquire_many_owned(ROOM).map_err(|_| ApiError::busy())?;
        Ok(BodyStream::new(body, self.signed_in.within, room))
    }

    /// All of a file of another tracker.
    pub(crate) async fn file(&self, body: Body) -> Result<CollectedBody, ApiError> {
        self.files.read(body).await
    }

    /// Reads a body on without keeping anything, so that a client which is still sending sees the answer.
    pub(crate) async fn discard(&self, body: Body) {
        timeout(self.signed_in.within, discard(&mut body.into_data_stream(), MAX_FILE_BYTES)).await.ok();
    }
}

impl BodyLimits {
    /// All of a body, unless it is too large, comes too slowly, or there is no room for it.
    pub(super) async fn read(&self, body: Body) -> Result<CollectedBody, ApiError> {
        let mut body = body.into_data_stream();
        let deadline = Instant::now() + self.within;
        match timeout_at(deadline, self.collect(&mut body)).await {
            Ok(Ok(collected)) => Ok(collected),
            Ok(Err(refusal)) => {
                timeout_at(deadline, discard(&mut body, self.max_bytes.max(MAX_BYTES))).await.ok();
                Err(refusal)
            }
            Err(_elapsed) => Err(ApiError::new(ProblemCode::Timeout)),
        }
    }

    async fn collect(&self, body: &mut BodyDataStream) -> Result<CollectedBody, ApiError> {
        let mut collected = CollectedBody::default();
        while let Some(chunk) = body.next().await {
            // The client disconnected midway; nobody reads this answer.
            let chunk = chunk.map_err(|_| ApiError::new(ProblemCode::MalformedJson).detail("the body ended early"))?;
            if collected.bytes.len() + chunk.len() > self.max_bytes {
                return Err(ApiError::new(ProblemCode::PayloadTooLarge));
            }
            if collected.add(&chunk, &self.budget).is_none() {
                return Err(ApiError::busy());
            }
        }
        Ok(collected)
    }
}

impl CollectedBody {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds a part; none if there is no room for it.
    fn add(&mut self, part: &[u8], budget: &Arc<Semaphore>) -> Option<()> {
        let counted = |bytes: usize| bytes.saturating_sub(UNCOUNTED);
        let more = counted(self.bytes.len() + part.len()) - counted(self.bytes.len());
        if more > 0 {
            let permits = Arc::clone(budget).try_acquire_many_owned(u32::try_from(more).ok()?).ok()?;
            match &mut self.counted {
                Some(counted) => counted.merge(permits),
                none => *none = Some(permits),
            }
        }
        self.bytes.extend_from_slice(part);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of this size, in parts, and then nothing more, whether it ends or not.
    fn sent(bytes: usize, ends: bool) -> Body {
        let part = axum::body::Bytes::from(vec![b'x'; 512]);
        let parts = futures_util::stream::iter(vec![part; bytes / 512]).map(Ok::<_, std::io::Error>);
        if ends { Body::from_stream(parts) } else { Body::from_stream(parts.chain(futures_util::stream::pending())) }
    }

    #[tokio::test]
    async fn an_anonymous_body_is_small() {
        let bodies = Bodies::new(BodyTiming::default());
        assert!(bodies.anonymous.read(sent(MAX_ANONYMOUS_BYTES, true)).await.is_ok());
        let error = bodies.anonymous.read(sent(MAX_ANONYMOUS_BYTES + 512, true)).await.expect_err("refused");
        assert_eq!(error.code, ProblemCode::PayloadTooLarge);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_large_is_called_that_even_if_the_rest_never_comes() {
        let bodies = Bodies::new(BodyTiming::default());
        let error = bodies.anonymous.read(sent(MAX_ANONYMOUS_BYTES + 512, false)).await.expect_err("refused");
        assert_eq!(error.code, ProblemCode::PayloadTooLarge);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up_sooner_when_it_is_anonymous() {
        let bodies = Bodies::new(BodyTiming::default());
        for (limits, seconds) in [(&bodies.anonymous, 10), (&bodies.signed_in, 30)] {
            let began = tokio::time::Instant::now();
            let error = limits.read(sent(512, false)).await.expect_err("given up");
            assert_eq!((error.code, began.elapsed().as_secs()), (ProblemCode::Timeout, seconds));
        }
    }

    #[tokio::test]
    async fn all_bodies_together_have_a_budget_that_small_ones_need_nothing_of() {
        let bodies = Bodies::new(BodyTiming::default());
        let limits = &bodies.anonymous;
        let mut stalled = Vec::new();
        while limits.budget.available_permits() >= MAX_ANONYMOUS_BYTES {
            let mut reading = Box::pin(limits.read(sent(MAX_ANONYMOUS_BYTES, false)));
            assert!(futures_util::poll!(&mut reading).is_pending());
            stalled.push(reading);
        }
        assert!(stalled.len() <= ANONYMOUS_BUDGET / (MAX_ANONYMOUS_BYTES - UNCOUNTED));
        assert!(limits.read(sent(UNCOUNTED, true)).await.is_ok());
        assert!(bodies.signed_in.read(sent(MAX_BYTES, true)).await.is_ok(), "their budget is another");
        let left = u32::try_from(limits.budget.available_permits()).expect("little");
        let _the_rest = limits.budget.try_acquire_many(left).expect("they are available");
        let refused = limits.read(sent(MAX_ANONYMOUS_BYTES, true)).await.expect_err("there is no room");
        assert_eq!((refused.code, refused.retry_after_s()), (ProblemCode::Busy, Some(1)));
        drop(stalled);
        assert!(limits.read(sent(MAX_ANONYMOUS_BYTES, true)).await.is_ok(), "there is room again");
    }
}
