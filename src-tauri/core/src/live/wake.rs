//! Noticing that this machine, or this process, slept: the clock on the wall went on and we did not. A clock that is set
//! looks the same.

use std::time::Duration;

use jiff::Timestamp;

use tokio::time::sleep;

use crate::shared::Shared;

/// How often we look.
const EVERY: Duration = Duration::from_secs(1);
/// More than this between two looks, or less than nothing by as much, is no busy machine any more: connections may have
/// died unnoticed.
const SLEPT: Duration = Duration::from_secs(8);

/// Looks at the clock now and then, and tells when time is missing. Never returns.
pub(crate) async fn watch_for_sleep(shared: &Shared) {
    let mut before = shared.now();
    loop {
        sleep(EVERY).await;
        let now = shared.now();
        if jumped(before, now) {
            tracing::info!("the clock jumped: this machine slept, or its clock was set");
            // Either way another stream helps: it lives, and its `hello` says how far the clock is off.
            shared.woke();
        }
        before = now;
    }
}

/// Whether there is more between two looks than our own wait, or the clock was set back.
fn jumped(before: Timestamp, now: Timestamp) -> bool {
    now.duration_since(before).unsigned_abs() > SLEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missing_time_is_sleep_and_a_clock_that_is_set_counts_alike() {
        let at = |seconds| Timestamp::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(!jumped(at(100), at(101)));
        assert!(!jumped(at(100), at(108)), "a machine may be busy");
        assert!(jumped(at(100), at(160)));
        assert!(!jumped(at(100), at(97)), "set right by a little");
        assert!(jumped(at(100), at(40)), "set back");
    }
}
