//! Many runs, on all processors.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::results::BatchResult;
use super::run::run;

/// Runs these seeds.
pub fn run_many(seeds: Range<u64>) -> BatchResult {
    let next = AtomicU64::new(seeds.start);
    let batch = Mutex::new(BatchResult::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let result = run(seed, false);
                    let mut batch = batch.lock().unwrap_or_else(PoisonError::into_inner);
                    match result {
                        Ok(tally) => batch.tally += tally,
                        Err(violation) => batch.violations.push(violation),
                    }
                }
            });
        }
    });
    let mut batch = batch.into_inner().unwrap_or_else(PoisonError::into_inner);
    batch.violations.sort_by_key(|violation| violation.seed);
    batch
}
