//! Rate limits that hold for all servers of a database together.
//!
//! Each server counts by itself first, and only what it lets through is counted in the database as well. So a flood at one
//! server reaches the database no more often than the limit allows. SQLite has one server: there nothing is counted in
//! the database, and a restart fills every bucket.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use training::ProblemCode;

use crate::accounts::hash_lines;
use crate::clock;
use crate::http::ApiError;
use crate::rate_limiter::{Rate, RateLimiter};
use crate::store::{Store, StoreError};

/// See the module.
pub(crate) struct SharedRateLimiter {
    /// What is limited. Part of the key in the database.
    name: &'static str,
    rate: Rate,
    own: RateLimiter<HashedKey>,
    /// Keyed anew by each process, so that nobody can find two keys that are counted as one.
    hasher: RandomState,
}

/// A key of any length as one of a few bytes.
type HashedKey = u64;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LimitError {
    /// None is left; there is one after this time.
    #[error("none is left for {0:?}")]
    Exhausted(Duration),
    /// Those in the database can't be counted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LimitError> for ApiError {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::Exhausted(wait) => Self::new(ProblemCode::TooManyAttempts).retry_after(wait),
            LimitError::Store(error) => error.into(),
        }
    }
}

impl SharedRateLimiter {
    /// Everybody has a bucket of this rate for what is called `name`.
    pub(crate) fn new(name: &'static str, rate: Rate) -> Self {
        Self { name, rate, own: RateLimiter::new(rate), hasher: RandomState::new() }
    }

    /// Takes a token of this key.
    ///
    /// # Errors
    /// [`LimitError`]: none is left, or the database can't be asked.
    pub(crate) async fn take(&self, store: &Store, key: &str, now: Instant) -> Result<(), LimitError> {
        self.own.take(self.hasher.hash_one(key), now).map_err(LimitError::Exhausted)?;
        if store.is_shared() {
            store.take_token(&self.shared_key(key), self.rate, clock::now()).await?.map_err(LimitError::Exhausted)?;
        }
        Ok(())
    }

    /// Gives a token back.
    pub(crate) async fn give_back(&self, store: &Store, key: &str, now: Instant) -> Result<(), StoreError> {
        self.own.give_back(&self.hasher.hash_one(key), now);
        if store.is_shared() {
            store.give_token_back(&self.shared_key(key), self.rate).await?;
        }
        Ok(())
    }

    /// Gives all tokens back.
    pub(crate) async fn reset(&self, store: &Store, key: &str) -> Result<(), StoreError> {
        self.own.reset(&self.hasher.hash_one(key));
        if store.is_shared() {
            store.give_all_tokens_back(&self.shared_key(key)).await?;
        }
        Ok(())
    }

    /// The key in the database, which says nothing about whose it is.
    fn shared_key(&self, key: &str) -> String {
        hash_lines(&[self.name.as_bytes(), key.as_bytes()])
    }
}
