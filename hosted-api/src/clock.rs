//! The server's clock: the one place that reads the time of day for what is decided and stored.

use std::time::Duration;

use training::Timestamp;

/// Now.
pub(crate) fn now() -> Timestamp {
    jiff::Timestamp::now().into()
}

/// The instant this long before `at`.
pub(crate) fn before(at: Timestamp, duration: Duration) -> Timestamp {
    shifted(at, -milliseconds(duration))
}

/// The instant this long after `at`.
pub(crate) fn after(at: Timestamp, duration: Duration) -> Timestamp {
    shifted(at, milliseconds(duration))
}

/// How long it is from `at` to `later`; nothing if that is past.
pub(crate) fn until(at: Timestamp, later: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(later.as_millisecond() - at.as_millisecond()).unwrap_or_default())
}

/// This machine's time zone, by its name in the IANA database; UTC if it has none.
pub(crate) fn time_zone() -> String {
    jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
}

/// Whether a time zone has this name.
pub(crate) fn is_time_zone(name: &str) -> bool {
    time_zone_named(name).is_some()
}

/// The time zone of this name.
pub(crate) fn time_zone_named(name: &str) -> Option<jiff::tz::TimeZone> {
    jiff::tz::TimeZone::get(name).ok()
}

fn shifted(at: Timestamp, by_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond().saturating_add(by_ms)).unwrap_or(at)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
