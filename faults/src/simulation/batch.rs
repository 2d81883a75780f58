//! Many runs, on all processors.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Tally, Violation, run};

/// The results of many runs.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The totals of the successful runs.
    pub tally: Tally,
    /// The failures of the others.
    pub violations: Vec<Violation>,
}

/// Runs these seeds.
pub fn many(seeds: Range<u64>) -> Found {
    let next = AtomicU64::new(seeds.start);
    let found = Mutex::new(Found::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let ran = run(seed, false);
                    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                    match ran {
                        Ok(tally) => found.tally += tally,
                        Err(violation) => found.violations.push(violation),
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.violations.sort_by_key(|violation| violation.seed);
    found
}
