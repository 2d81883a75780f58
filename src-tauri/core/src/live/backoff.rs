//! Back-off before the next attempt: exponential, with full jitter, so that many clients disconnected at once
//! reconnect spread out.

use std::time::Duration;

use rand::Rng;

/// The longest wait before the second attempt; doubled before each further one.
const BASE: Duration = Duration::from_millis(500);
/// The upper limit of the doubling.
const CAP: Duration = Duration::from_secs(30);
/// A requested wait is honoured up to this: our server asks for seconds, and a gateway asking for an hour would
/// silence the window for an hour.
const LONGEST_ASKED: Duration = Duration::from_mins(1);

/// Counts failed attempts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backoff {
    failed: u32,
}

impl Backoff {
    /// After a success: starts over from the shortest wait.
    pub(crate) fn reset(&mut self) {
        self.failed = 0;
    }

    /// After a failure: how long to wait, drawn uniformly between zero and the bound of this attempt, but never less
    /// than the server asked for (within reason).
    pub(crate) fn after_failure(&mut self, random: &mut impl Rng, asked_s: Option<u32>) -> Duration {
        let bound = BASE.saturating_mul(1 << self.failed.min(10)).min(CAP);
        self.failed = self.failed.saturating_add(1);
        let drawn = bound.mul_f64(random.random::<f64>());
        drawn.max(Duration::from_secs(asked_s.unwrap_or(0).into()).min(LONGEST_ASKED))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn the_wait_stays_under_a_bound_that_doubles_up_to_the_cap() {
        let mut random = StdRng::seed_from_u64(1);
        let mut backoff = Backoff::default();
        for attempt in 0..100 {
            let bound = BASE.saturating_mul(1 << attempt.min(10)).min(CAP);
            assert!(backoff.after_failure(&mut random, None) <= bound, "attempt {attempt}");
        }
    }

    #[test]
    fn a_delay_requested_by_the_server_is_observed() {
        let mut backoff = Backoff::default();
        assert!(backoff.after_failure(&mut StdRng::seed_from_u64(1), Some(7)) >= Duration::from_secs(7));
        let hour = backoff.after_failure(&mut StdRng::seed_from_u64(1), Some(3600));
        assert_eq!(hour, LONGEST_ASKED, "but nobody silences a window for an hour");
    }
}
