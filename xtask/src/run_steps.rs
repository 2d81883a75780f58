//! `cargo xtask test`: the set-up, then step after step, stopping at the first that fails.

use std::time::Instant;

use clap::ValueEnum;
use xshell::Shell;

use crate::failure::Failure;
use crate::setup;
use crate::step::Step;
use crate::test_summary::TestSummary;
use crate::timing::seconds;

/// Runs every step, or `only` one.
pub(crate) fn run_steps(sh: &Shell, only: Option<Step>) -> Result<(), Failure> {
    let started = Instant::now();
    setup::everything(sh)?;
    println!("set-up: {}", seconds(started.elapsed()));

    let mut summary = TestSummary::default();
    let steps: &[Step] = match &only {
        Some(step) => std::slice::from_ref(step),
        None => Step::value_variants(),
    };
    let mut outcome = Ok(());
    for &step in steps {
        println!("\n== {step}");
        let step_started = Instant::now();
        if let Err(cause) = step.run(sh, &mut summary) {
            outcome = Err(Failure::Step { step: step.to_string(), cause: Box::new(cause) });
            break;
        }
        println!("== {step}: {}", seconds(step_started.elapsed()));
    }
    let slowest = summary.slowest();
    if !slowest.is_empty() {
        println!("\nthe slowest tests:");
        for line in slowest {
            println!("{line}");
        }
    }
    println!("\n{}", seconds(started.elapsed()));
    println!("{summary}");
    outcome
}
