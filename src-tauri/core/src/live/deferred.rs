//! What failed and is tried again later, each thing on its own: one that keeps failing holds up no other.

use std::collections::HashMap;
use std::future::pending;
use std::hash::Hash;

use rand::Rng;
use tokio::time::{Instant, sleep_until};

use super::Backoff;

/// See the module.
#[derive(Debug)]
pub(crate) struct Deferred<K>(HashMap<K, (Instant, Backoff)>);

impl<K> Default for Deferred<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Deferred<K> {
    /// After a failure: it is due after a while, and not before what the server asked for.
    pub(crate) fn put_off(&mut self, key: K, random: &mut impl Rng, asked_s: Option<u32>) {
        let now = Instant::now();
        let (due, backoff) = self.0.entry(key).or_insert_with(|| (now, Backoff::default()));
        *due = now + backoff.after_failure(random, asked_s);
    }

    /// It has ended.
    pub(crate) fn forget(&mut self, key: &K) {
        self.0.remove(key);
    }

    /// Whether it may be tried now.
    pub(crate) fn is_due(&self, key: &K) -> bool {
        self.0.get(key).is_none_or(|(due, _)| *due <= Instant::now())
    }

    /// Everything may be tried now, as if it had not failed.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns when the next of them is due; never, if none is waiting.
    pub(crate) async fn next_due(&self) {
        let now = Instant::now();
        match self.0.values().map(|(due, _)| *due).filter(|due| *due > now).min() {
            Some(due) => sleep_until(due).await,
            None => pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_that_is_put_off_holds_up_no_other() {
        let mut random = StdRng::seed_from_u64(1);
        let mut deferred = Deferred::default();
        deferred.put_off("first", &mut random, Some(5));
        assert!(!deferred.is_due(&"first"));
        assert!(deferred.is_due(&"second"));
        let before = Instant::now();
        deferred.next_due().await;
        assert!(deferred.is_due(&"first"));
        assert!(before.elapsed().as_secs() >= 5, "the server asked for five");
    }

    #[tokio::test(start_paused = true)]
    async fn everything_is_due_when_there_is_reason_to_try_again() {
        let mut random = StdRng::seed_from_u64(1);
        let mut deferred = Deferred::default();
        deferred.put_off("first", &mut random, Some(5));
        deferred.clear();
        assert!(deferred.is_due(&"first"));
    }
}
