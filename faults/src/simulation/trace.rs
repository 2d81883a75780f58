//! What happened in a run, line by line, in simulated time.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// See the module.
pub(super) struct Trace {
    began: Instant,
    /// Whether to print lines as they come.
    verbose: bool,
    lines: Mutex<(DefaultHasher, u64)>,
}

impl Trace {
    pub(super) fn new(verbose: bool) -> Self {
        Self { began: Instant::now(), verbose, lines: Mutex::new((DefaultHasher::new(), 0)) }
    }

    pub(super) fn log(&self, line: impl FnOnce() -> String) {
        let line = format!("{:>9.3} {}", self.began.elapsed().as_secs_f64(), line());
        if self.verbose {
            println!("{line}");
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        line.hash(&mut lines.0);
        lines.1 += 1;
    }

    /// Equal for two runs with the same trace.
    pub(super) fn fingerprint(&self) -> u64 {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).0.finish()
    }
}
