//! What happened in a run, line by line, by its own clock.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// See the module.
pub(super) struct Trace {
    began: Instant,
    /// Printed as they come, if somebody wants to read them.
    aloud: bool,
    lines: Mutex<(DefaultHasher, u64)>,
}

impl Trace {
    pub(super) fn new(aloud: bool) -> Self {
        Self { began: Instant::now(), aloud, lines: Mutex::new((DefaultHasher::new(), 0)) }
    }

    pub(super) fn note(&self, line: impl FnOnce() -> String) {
        let line = format!("{:>9.3} {}", self.began.elapsed().as_secs_f64(), line());
        if self.aloud {
            println!("{line}");
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        line.hash(&mut lines.0);
        lines.1 += 1;
    }

    /// The same for two runs in which the same happened.
    pub(super) fn fingerprint(&self) -> u64 {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).0.finish()
    }
}
