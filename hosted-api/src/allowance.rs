//! Allowances: how often something may be done, by key. A bucket for each key, which holds a number of turns and
//! regains them evenly.
//!
//! Kept in memory: a restart fills every bucket, and each of several servers has its own. What must hold across both is
//! counted in the database instead.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// From this many keys on, full buckets are removed periodically.
const CROWD: usize = 10_000;
/// Most keys. A new key beyond them has no turn until others are removed: with one, whoever fills the table with
/// made-up keys could do anything.
const MOST_KEYS: usize = 200_000;
/// A sweep takes long, and removes nothing until turns have been regained.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// See the module.
pub(crate) struct Allowance<K> {
    /// The turns of a full bucket.
    most: f64,
    /// How long it takes to regain one.
    regains_one_in: Duration,
    buckets: Mutex<Buckets<K>>,
}

struct Buckets<K> {
    by_key: HashMap<K, Bucket>,
    swept_at: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Bucket {
    turns: f64,
    at: Instant,
}

impl<K: Eq + Hash> Allowance<K> {
    /// Everybody has `most` turns, and regains one in this time.
    pub(crate) fn new(most: u32, regains_one_in: Duration) -> Self {
        let buckets = Buckets { by_key: HashMap::new(), swept_at: None };
        Self { most: f64::from(most), regains_one_in, buckets: Mutex::new(buckets) }
    }

    /// Takes a turn.
    ///
    /// # Errors
    /// How long to wait for the next one, if none is left.
    pub(crate) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.lock();
        self.sweep(&mut buckets, now);
        let before = buckets.by_key.get(&key).copied();
        if before.is_none() && buckets.by_key.len() >= MOST_KEYS {
            return Err(SWEEP_EVERY);
        }
        let turns = before.map_or(self.most, |bucket| self.turns(bucket, now));
        if turns < 1.0 {
            return Err(self.regains_one_in.mul_f64(1.0 - turns));
        }
        buckets.by_key.insert(key, Bucket { turns: turns - 1.0, at: now });
        Ok(())
    }

    /// How long to wait for the next turn, if none is left.
    pub(crate) fn wait(&self, key: &K, now: Instant) -> Option<Duration> {
        let turns = self.turns(*self.lock().by_key.get(key)?, now);
        (turns < 1.0).then(|| self.regains_one_in.mul_f64(1.0 - turns))
    }

    /// Gives a turn back.
    pub(crate) fn give_back(&self, key: &K, now: Instant) {
        if let Some(bucket) = self.lock().by_key.get_mut(key) {
            *bucket = Bucket { turns: (self.turns(*bucket, now) + 1.0).min(self.most), at: now };
        }
    }

    /// Fills the bucket.
    pub(crate) fn refill(&self, key: &K) {
        self.lock().by_key.remove(key);
    }

    fn turns(&self, bucket: Bucket, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(bucket.at);
        (bucket.turns + passed.div_duration_f64(self.regains_one_in)).min(self.most)
    }

    fn sweep(&self, buckets: &mut Buckets<K>, now: Instant) {
        let is_due = buckets.swept_at.is_none_or(|at| now.saturating_duration_since(at) >= SWEEP_EVERY);
        if buckets.by_key.len() >= CROWD && is_due {
            buckets.by_key.retain(|_, bucket| self.turns(*bucket, now) < self.most);
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

    const EACH: Duration = Duration::from_secs(30);

    #[test]
    fn ten_turns_then_one_every_thirty_seconds() {
        let (allowance, start) = (Allowance::new(10, EACH), Instant::now());
        for _ in 0..10 {
            assert_eq!(allowance.take("a", start), Ok(()));
        }
        assert_eq!((allowance.take("a", start), allowance.wait(&"a", start)), (Err(EACH), Some(EACH)));
        assert_eq!(allowance.take("b", start), Ok(()), "another key has its own");
        let later = start + Duration::from_secs(31);
        assert_eq!((allowance.wait(&"a", later), allowance.take("a", later)), (None, Ok(())));
        assert!(allowance.take("a", later).is_err());
    }

    #[test]
    fn turns_are_given_back_and_never_more_than_there_were() {
        let (allowance, start) = (Allowance::new(2, EACH), Instant::now());
        while allowance.take("a", start).is_ok() {}
        allowance.give_back(&"a", start);
        assert_eq!(allowance.take("a", start), Ok(()));
        assert!(allowance.take("a", start).is_err());
        for _ in 0..5 {
            allowance.give_back(&"a", start);
        }
        assert_eq!((allowance.take("a", start), allowance.take("a", start)), (Ok(()), Ok(())));
        assert!(allowance.take("a", start).is_err());
        allowance.refill(&"a");
        assert_eq!(allowance.take("a", start), Ok(()));
    }

    #[test]
    fn a_crowd_is_forgotten_when_it_has_regained_its_turns_and_is_bounded_until_then() {
        let (allowance, start) = (Allowance::new(2, EACH), Instant::now());
        for key in 0..MOST_KEYS {
            assert_eq!(allowance.take(key, start), Ok(()));
        }
        assert!(allowance.take(MOST_KEYS, start).is_err(), "there is no room for another");
        assert_eq!(allowance.take(0, start), Ok(()), "who is there is counted as before");
        assert_eq!(allowance.take(MOST_KEYS, start + EACH), Ok(()));
        assert_eq!(allowance.lock().by_key.len(), 2, "the new one, and the one that has not regained all");
    }
}
