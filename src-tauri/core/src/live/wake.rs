//! Noticing that this machine, or this process, slept: the clock on the wall went on and we did not.

use std::time::Duration;

use jiff::Timestamp;

use tokio::time::sleep;

use crate::agent::Shared;

/// How often we look.
const EVERY: Duration = Duration::from_secs(1);
/// More than this between two looks is no busy machine any more: connections may have died unnoticed.
const SLEPT: Duration = Duration::from_secs(8);

/// Looks at the clock now and then, and tells when time is missing. Never returns.
pub(crate) async fn watch_for_sleep(shared: &Shared) {
    let mut before = shared.now();
    loop {
        sleep(EVERY).await;
        let now = shared.now();
        if has_slept(before, now) {
            tracing::info!("time is missing: this machine slept, or its clock was set");
            shared.woke();
        }
        before = now;
    }
}

/// Whether there is more between two looks than our own wait. A clock that was set back tells nothing.
fn has_slept(before: Timestamp, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(before)).is_ok_and(|passed| passed > SLEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missing_time_is_sleep() {
        let at = |seconds| Timestamp::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(!has_slept(at(100), at(101)));
        assert!(!has_slept(at(100), at(108)), "a machine may be busy");
        assert!(has_slept(at(100), at(160)));
        assert!(!has_slept(at(100), at(40)), "set back");
    }
}
