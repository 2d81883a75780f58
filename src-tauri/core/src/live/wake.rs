//! Detects that this machine, or this process, slept: the wall clock advanced and this task did not. Setting the clock
//! looks the same.

use std::time::Duration;

use jiff::Timestamp;

use tokio::time::sleep;

use crate::context::AgentContext;

/// How often to check the clock.
const EVERY: Duration = Duration::from_secs(1);
/// A larger jump than this between two checks, forwards or backwards, can't be explained by a busy machine: connections
/// may have died unnoticed.
const SLEPT: Duration = Duration::from_secs(8);

/// Checks the clock regularly, and reports jumps. Never returns.
pub(crate) async fn watch_for_sleep(context: &AgentContext) {
    let mut before = context.now();
    loop {
        sleep(EVERY).await;
        let now = context.now();
        if jumped(before, now) {
            tracing::info!("the clock jumped: this machine slept, or its clock was set");
            // Either way a new stream helps: it is alive, and its `hello` gives the clock's offset.
            context.connection.abandon_connections();
        }
        before = now;
    }
}

/// Whether the clock jumped forwards or backwards between two checks.
fn jumped(before: Timestamp, now: Timestamp) -> bool {
    now.duration_since(before).unsigned_abs() > SLEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_jump_in_either_direction_counts_as_sleep() {
        let at = |seconds| Timestamp::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(!jumped(at(100), at(101)));
        assert!(!jumped(at(100), at(108)), "a machine may be busy");
        assert!(jumped(at(100), at(160)));
        assert!(!jumped(at(100), at(97)), "set right by a little");
        assert!(jumped(at(100), at(40)), "set back");
    }
}
