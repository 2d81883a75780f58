//! `cargo xtask test`: the set-up, then step after step, stopping at the first that fails.

use std::time::Instant;

use clap::ValueEnum;
use xshell::Shell;

use crate::failure::Failure;
use crate::setup;
use crate::step::Step;
use crate::tally::Tally;

/// Runs every step, or `only` one.
pub(crate) fn check(sh: &Shell, only: Option<Step>) -> Result<(), Failure> {
    let begun = Instant::now();
    setup::everything(sh)?;
    println!("set-up: {}", seconds(begun));

    let mut tally = Tally::default();
    let steps: &[Step] = match &only {
        Some(step) => std::slice::from_ref(step),
        None => Step::value_variants(),
    };
    let mut outcome = Ok(());
    for &step in steps {
        println!("\n== {step}");
        let begun = Instant::now();
        if let Err(cause) = step.run(sh, &mut tally) {
            outcome = Err(Failure::Step { step, cause: Box::new(cause) });
            break;
        }
        println!("== {step}: {}", seconds(begun));
    }
    let slowest = tally.slowest();
    if !slowest.is_empty() {
        println!("\nthe slowest tests:");
        for line in slowest {
            println!("{line}");
        }
    }
    println!("\n{}", seconds(begun));
    println!("{tally}");
    outcome
}

fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}
