//! The results of runs.

use std::fmt;
use std::ops::AddAssign;
use std::time::Duration;

/// The totals of one successful run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Simulated time.
    pub time: Duration,
    /// Acts people did.
    pub acts: u64,
    /// Acts that were done on the server.
    pub done: u64,
    /// Events in all feeds.
    pub events: u64,
    /// Injected faults.
    pub faults: u64,
    /// Applications that crashed.
    pub crashes: u64,
    /// Equal for two runs with the same trace.
    pub fingerprint: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = self.time.as_secs_f64() / 3_600.0;
        let Self { acts, done, events, faults, crashes, .. } = self;
        write!(f, "{hours:.1} simulated hours, {acts} acts, of which {done} were done, {events} events, ")?;
        write!(f, "{faults} faults, {crashes} crashes of an application")
    }
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}, after {:.3} s: {what}", .after.as_secs_f64())]
pub struct Violation {
    /// The run.
    pub seed: u64,
    /// When it was noticed.
    pub after: Duration,
    /// What it was.
    pub what: String,
}

/// The results of many runs.
#[derive(Clone, Debug, Default)]
pub struct BatchResult {
    /// The totals of the successful runs.
    pub tally: Tally,
    /// The failures of the others.
    pub violations: Vec<Violation>,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.time += other.time;
        self.acts += other.acts;
        self.done += other.done;
        self.events += other.events;
        self.faults += other.faults;
        self.crashes += other.crashes;
        self.fingerprint = self.fingerprint.rotate_left(1) ^ other.fingerprint;
    }
}
