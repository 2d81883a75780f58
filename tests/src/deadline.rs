//! The time-out of all waits.

use std::time::Duration;

/// Longer than anything takes, even if several windows share two cores, the machine stalls for a while, or a retry (of
/// a connection or the keyring) backs off for half a minute first.
pub const IN_TIME: Duration = Duration::from_secs(90);
