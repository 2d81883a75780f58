//! How long anything is waited for.

use std::time::Duration;

/// Nothing takes this long, also where several windows share two cores, a machine stands still for a while, or whoever tries
/// again by themselves (to connect, or at the keyring) pauses for half a minute first.
pub const IN_TIME: Duration = Duration::from_secs(90);
