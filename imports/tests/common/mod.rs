//! What the tests read files with.

use imports::{Names, Options, Plan, Unreadable, read};
use jiff::tz::TimeZone;
use training::Timestamp;
use training::imports::WeightUnit;

/// The present of every test.
pub(crate) fn now() -> Timestamp {
    "2026-12-01T00:00:00Z".parse::<jiff::Timestamp>().expect("an instant").into()
}

/// The files, by name.
pub(crate) const FILES: [(&str, &[u8]); 12] = [
    ("strong5", include_bytes!("../files/strong5.csv")),
    ("strong5-pounds", include_bytes!("../files/strong5-pounds.csv")),
    ("strong6", include_bytes!("../files/strong6.csv")),
    ("strong-android", include_bytes!("../files/strong-android.csv")),
    ("hevy-pt", include_bytes!("../files/hevy-pt.csv")),
    ("hevy-lbs", include_bytes!("../files/hevy-lbs.csv")),
    ("fitnotes", include_bytes!("../files/fitnotes.csv")),
    ("fitnotes-body", include_bytes!("../files/fitnotes-body.csv")),
    ("stronglifts", include_bytes!("../files/stronglifts.csv")),
    ("gymbook-it", include_bytes!("../files/gymbook-it.csv")),
    ("ringside", include_bytes!("../files/ringside.json")),
    ("ringside-zip", include_bytes!("../files/ringside.zip")),
];

/// Reads bytes in Berlin's time.
pub(crate) fn read_bytes(bytes: &[u8], unit: Option<WeightUnit>) -> Result<Plan, Unreadable> {
    let time_zone = TimeZone::get("Europe/Berlin").expect("a time zone");
    let names = Names::default();
    read(bytes, &Options { unit, time_zone, now: now(), names: &names })
}
