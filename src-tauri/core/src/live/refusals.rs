//! When a refusal that is only an intermediary's is final.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

/// After this many attempts, and this much time, an act that only an intermediary refuses counts as refused.
const INTERMEDIARY_ATTEMPTS: u32 = 3;
const INTERMEDIARY_TIME: Duration = Duration::from_mins(1);

/// The refusals in a row of a change that an intermediary refuses while the feed gets through.
#[derive(Default)]
pub(crate) struct IntermediaryRefusals(Option<(Uuid, Instant, u32)>);

impl IntermediaryRefusals {
    /// Counts another one; returns whether the act is to be given up.
    pub(crate) fn note(&mut self, act: Uuid) -> bool {
        let now = Instant::now();
        let (since, attempts) = match self.0 {
            Some((known, since, attempts)) if known == act => (since, attempts + 1),
            _ => (now, 1),
        };
        self.0 = Some((act, since, attempts));
        attempts >= INTERMEDIARY_ATTEMPTS && now.duration_since(since) >= INTERMEDIARY_TIME
    }

    /// After any other outcome.
    pub(crate) fn reset(&mut self) -> bool {
        self.0 = None;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_act_that_only_an_intermediary_refuses_is_given_up_after_a_minute_and_three_attempts() {
        let (act, another) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut refusals = IntermediaryRefusals::default();
        assert!(!refusals.note(act));
        tokio::time::advance(INTERMEDIARY_TIME).await;
        assert!(!refusals.note(act), "two attempts may be one hiccup");
        assert!(refusals.note(act));
        assert!(!refusals.note(another), "each act has its own minute");
        assert!(!refusals.note(another));
        assert!(!refusals.note(another), "three attempts within a moment");
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_counted_anew_after_another_outcome() {
        let act = Uuid::from_u128(1);
        let mut refusals = IntermediaryRefusals::default();
        refusals.note(act);
        refusals.reset();
        tokio::time::advance(INTERMEDIARY_TIME).await;
        assert!(!refusals.note(act));
        assert!(!refusals.note(act));
        assert!(!refusals.note(act), "the minute began anew");
    }
}
