//! How long each step of a task took.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// The steps that have ended so far, some of which ran at the same time.
pub(crate) struct Timings {
    started: Instant,
    steps: Mutex<Vec<(String, Duration)>>,
}

impl Timings {
    /// Starts measuring.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), steps: Mutex::default() }
    }

    /// Runs a step, and prints how long it took.
    pub(crate) fn step<T>(&self, name: &str, step: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let started = Instant::now();
        let done = step()?;
        let took = started.elapsed();
        println!("== {name}: {}", seconds(took));
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), took));
        Ok(done)
    }

    /// Every step with its time, in the order in which they ended, and the total.
    pub(crate) fn table(&self) -> String {
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows: Vec<(&str, Duration)> = steps.iter().map(|(name, took)| (&**name, *took)).collect();
        rows.push(("total", self.started.elapsed()));
        let lines: Vec<String> = rows.iter().map(|(name, took)| format!("{:>9}  {name}", seconds(*took))).collect();
        lines.join("\n")
    }
}

/// A duration to be read.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each_successful_step_and_one_for_the_total() {
        let timings = Timings::start();
        timings.step("first", || Ok(())).expect("it succeeds");
        timings.step("second", || Err::<(), _>(Failure::StaleTypeScript)).expect_err("it fails");
        timings.step("third", || Ok(())).expect("it succeeds");
        let table = timings.table();
        let names: Vec<&str> = table.lines().filter_map(|row| row.split_whitespace().last()).collect();
        assert_eq!(names, ["first", "third", "total"], "{table}");
    }
}
