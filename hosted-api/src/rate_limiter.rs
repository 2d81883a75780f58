//! Rate limits: how often something may be done, by key. Each key has a token bucket, which regains its tokens evenly.
//!
//! Kept in memory: a restart fills every bucket, and each of several servers has its own. What must hold across servers
//! is a [`SharedRateLimiter`](crate::shared_rate_limiter::SharedRateLimiter)'s.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// From this many keys on, full buckets are removed periodically.
const SWEEP_FROM_KEYS: usize = 10_000;
/// Most keys. A new key beyond them has no token until others are removed: with one, whoever fills the table with
/// made-up keys could do anything.
const MAX_KEYS: usize = 200_000;
/// A sweep takes long, and removes nothing until tokens have been regained.
const SWEEP_INTERVAL: Duration = Duration::from_secs(10);

/// How much may be done, and how fast it is regained.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// The tokens of a full bucket.
    pub(crate) capacity: u32,
    /// How long it takes to regain one.
    pub(crate) interval: Duration,
}

impl Rate {
    /// So much in a day. The first day's may be had at once; after that they are regained evenly.
    pub(crate) fn per_day(count: u32) -> Self {
        Self { capacity: count, interval: Duration::from_hours(24) / count }
    }

    /// How long it takes to fill an empty bucket.
    pub(crate) fn to_fill(self) -> Duration {
        self.interval * self.capacity
    }
}

/// See the module.
pub(crate) struct RateLimiter<K> {
    rate: Rate,
    buckets: Mutex<Buckets<K>>,
}

struct Buckets<K> {
    by_key: HashMap<K, Bucket>,
    swept_at: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl<K: Eq + Hash> RateLimiter<K> {
    /// Everybody has a bucket of this rate.
    pub(crate) fn new(rate: Rate) -> Self {
        let buckets = Buckets { by_key: HashMap::new(), swept_at: None };
        Self { rate, buckets: Mutex::new(buckets) }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// How long to wait for the next one, if none is left.
    pub(crate) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.lock();
        self.sweep(&mut buckets, now);
        let before = buckets.by_key.get(&key).copied();
        if before.is_none() && buckets.by_key.len() >= MAX_KEYS {
            return Err(SWEEP_INTERVAL);
        }
        let tokens = before.map_or(self.capacity(), |bucket| self.tokens(bucket, now));
        if tokens < 1.0 {
            return Err(self.rate.interval.mul_f64(1.0 - tokens));
        }
        buckets.by_key.insert(key, Bucket { tokens: tokens - 1.0, at: now });
        Ok(())
    }

    /// How long to wait for the next token, if none is left.
    pub(crate) fn wait(&self, key: &K, now: Instant) -> Option<Duration> {
        let tokens = self.tokens(*self.lock().by_key.get(key)?, now);
        (tokens < 1.0).then(|| self.rate.interval.mul_f64(1.0 - tokens))
    }

    /// Gives a token back.
    pub(crate) fn give_back(&self, key: &K, now: Instant) {
        if let Some(bucket) = self.lock().by_key.get_mut(key) {
            *bucket = Bucket { tokens: (self.tokens(*bucket, now) + 1.0).min(self.capacity()), at: now };
        }
    }

    /// Fills the bucket.
    pub(crate) fn reset(&self, key: &K) {
        self.lock().by_key.remove(key);
    }

    fn capacity(&self) -> f64 {
        f64::from(self.rate.capacity)
    }

    fn tokens(&self, bucket: Bucket, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(bucket.at);
        (bucket.tokens + passed.div_duration_f64(self.rate.interval)).min(self.capacity())
    }

    fn sweep(&self, buckets: &mut Buckets<K>, now: Instant) {
        let is_due = buckets.swept_at.is_none_or(|at| now.saturating_duration_since(at) >= SWEEP_INTERVAL);
        if buckets.by_key.len() >= SWEEP_FROM_KEYS && is_due {
            buckets.by_key.retain(|_, bucket| self.tokens(*bucket, now) < self.capacity());
            buckets.by_key.shrink_to_fit();
            buckets.swept_at = Some(now);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Buckets<K>> {
        // Nothing here panics midway through a change, so even a poisoned lock guards consistent data.
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(30);

    #[test]
    fn a_full_bucket_then_one_token_every_interval() {
        let (limiter, start) = (RateLimiter::new(Rate { capacity: 10, interval: INTERVAL }), Instant::now());
        for _ in 0..10 {
            assert_eq!(limiter.take("a", start), Ok(()));
        }
        assert_eq!((limiter.take("a", start), limiter.wait(&"a", start)), (Err(INTERVAL), Some(INTERVAL)));
        assert_eq!(limiter.take("b", start), Ok(()), "another key has its own");
        let later = start + Duration::from_secs(31);
        assert_eq!((limiter.wait(&"a", later), limiter.take("a", later)), (None, Ok(())));
        assert!(limiter.take("a", later).is_err());
    }

    #[test]
    fn returned_tokens_never_exceed_the_capacity() {
        let (limiter, start) = (RateLimiter::new(Rate { capacity: 2, interval: INTERVAL }), Instant::now());
        while limiter.take("a", start).is_ok() {}
        limiter.give_back(&"a", start);
        assert_eq!(limiter.take("a", start), Ok(()));
        assert!(limiter.take("a", start).is_err());
        for _ in 0..5 {
            limiter.give_back(&"a", start);
        }
        assert_eq!((limiter.take("a", start), limiter.take("a", start)), (Ok(()), Ok(())));
        assert!(limiter.take("a", start).is_err());
        limiter.reset(&"a");
        assert_eq!(limiter.take("a", start), Ok(()));
    }

    #[test]
    fn the_number_of_keys_is_bounded_and_full_buckets_are_swept() {
        let (limiter, start) = (RateLimiter::new(Rate { capacity: 2, interval: INTERVAL }), Instant::now());
        for key in 0..MAX_KEYS {
            assert_eq!(limiter.take(key, start), Ok(()));
        }
        assert!(limiter.take(MAX_KEYS, start).is_err(), "there is no room for another");
        assert_eq!(limiter.take(0, start), Ok(()), "who is there is counted as before");
        assert_eq!(limiter.take(MAX_KEYS, start + INTERVAL), Ok(()));
        assert_eq!(limiter.lock().by_key.len(), 2, "the new one, and the one that has not regained all");
    }
}
