//! Throttles sign-in attempts per e-mail address.
//!
//! Ten attempts, and one more every thirty seconds. An attempt is counted *before* the password is checked, so that
//! many at once can't slip through; a success resets the count. Kept in memory: a restart resets it. Limits per network
//! address are up to the load balancer, which alone sees it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::tokens::hash;

const MAX_ATTEMPTS: f64 = 10.0;
const SECONDS_PER_ATTEMPT: f64 = 30.0;
/// From this many addresses on, those with all their attempts left are removed periodically.
const SWEEP_THRESHOLD: usize = 10_000;
/// A sweep takes long, and removes nothing until attempts have been regained.
const SWEEP_INTERVAL: Duration = Duration::from_secs(30);

/// The attempts left, by address.
#[derive(Default)]
pub(crate) struct Throttle {
    buckets: Mutex<Buckets>,
}

#[derive(Default)]
struct Buckets {
    /// Keyed by the address's hash, which is short however long the address is.
    by_address: HashMap<String, Bucket>,
    swept_at: Option<Instant>,
}

struct Bucket {
    attempts: f64,
    at: Instant,
}

impl Throttle {
    /// Takes an attempt for this address.
    ///
    /// # Errors
    /// How long to wait for the next one, if none is left.
    pub(crate) fn take(&self, address: &str, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.sweep(now);
        let bucket = buckets.by_address.entry(hash(address)).or_insert(Bucket { attempts: MAX_ATTEMPTS, at: now });
        bucket.attempts = bucket.refilled(now);
        bucket.at = now;
        if bucket.attempts < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.attempts) * SECONDS_PER_ATTEMPT));
        }
        bucket.attempts -= 1.0;
        Ok(())
    }

    /// Gives an address all its attempts back: a client that knows the password is not guessing.
    pub(crate) fn reset(&self, address: &str) {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner).by_address.remove(&hash(address));
    }
}

impl Buckets {
    fn sweep(&mut self, now: Instant) {
        let is_due = self.swept_at.is_none_or(|at| now.saturating_duration_since(at) >= SWEEP_INTERVAL);
        if self.by_address.len() >= SWEEP_THRESHOLD && is_due {
            self.by_address.retain(|_, bucket| bucket.refilled(now) < MAX_ATTEMPTS);
            self.swept_at = Some(now);
        }
    }
}

impl Bucket {
    fn refilled(&self, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.attempts + passed / SECONDS_PER_ATTEMPT).min(MAX_ATTEMPTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_then_one_every_thirty_seconds() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..10 {
            assert_eq!(throttle.take("a@b.example", start), Ok(()));
        }
        assert_eq!(throttle.take("a@b.example", start), Err(Duration::from_secs(30)));
        assert_eq!(throttle.take("c@d.example", start), Ok(()), "another address has its own");
        let later = start + Duration::from_secs(31);
        assert_eq!(throttle.take("a@b.example", later), Ok(()));
        assert!(throttle.take("a@b.example", later).is_err());
    }

    #[test]
    fn a_reset_restores_all_attempts() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        while throttle.take("a@b.example", start).is_ok() {}
        throttle.reset("a@b.example");
        assert_eq!(throttle.take("a@b.example", start), Ok(()));
    }
}
