//! Rate limits that hold for all servers of a database together.
//!
//! Where servers share a database, it alone decides: what is given back at one server is there at every other. Each server
//! only keeps a flood of one key from it. SQLite has one server: there nothing is counted in the database, and a restart
//! fills every bucket.

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
    /// What this server alone has let through. It decides where nothing is counted in the database.
    own: RateLimiter<HashedKey>,
    /// Keeps floods from the database: so generous that the database refuses first whoever is no flood.
    flood: RateLimiter<HashedKey>,
    /// Keyed anew by each process, so that nobody can find two keys that are counted as one.
    hasher: RandomState,
}

/// A key of any length as one of a few bytes.
type HashedKey = u64;

/// How many times as much as the database a server lets through of one key.
const FLOOD_FACTOR: u32 = 10;

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
        let flood = Rate { capacity: rate.capacity * FLOOD_FACTOR, interval: rate.interval / FLOOD_FACTOR };
        let (own, flood) = (RateLimiter::new(rate), RateLimiter::new(flood));
        Self { name, rate, own, flood, hasher: RandomState::new() }
    }

    /// Takes a token of this key.
    ///
    /// # Errors
    /// [`LimitError`]: none is left, or the database can't be asked.
    pub(crate) async fn take(&self, store: &Store, key: &str, now: Instant) -> Result<(), LimitError> {
        if !store.is_shared() {
            return self.take_here(key, now);
        }
        self.flood.take(self.hasher.hash_one(key), now).map_err(LimitError::Exhausted)?;
        store.take_token(&self.shared_key(key), self.rate, clock::now()).await?.map_err(LimitError::Exhausted)?;
        // For whoever is counted here alone from now on; it decides nothing now.
        let _ = self.take_here(key, now);
        Ok(())
    }

    /// Takes a token of this key as this server alone counts them.
    ///
    /// # Errors
    /// [`LimitError::Exhausted`].
    pub(crate) fn take_here(&self, key: &str, now: Instant) -> Result<(), LimitError> {
        self.own.take(self.hasher.hash_one(key), now).map_err(LimitError::Exhausted)
    }

    /// Gives a token back.
    pub(crate) async fn give_back(&self, store: &Store, key: &str, now: Instant) -> Result<(), StoreError> {
        let hashed = self.hasher.hash_one(key);
        self.own.give_back(&hashed, now);
        self.flood.give_back(&hashed, now);
        if store.is_shared() {
            store.give_token_back(&self.shared_key(key), self.rate).await?;
        }
        Ok(())
    }

    /// Gives all tokens back.
    pub(crate) async fn reset(&self, store: &Store, key: &str) -> Result<(), StoreError> {
        let hashed = self.hasher.hash_one(key);
        self.own.reset(&hashed);
        self.flood.reset(&hashed);
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
