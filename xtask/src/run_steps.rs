//! `cargo xtask test`: the set-up, then step after step, stopping at the first that fails.

use clap::ValueEnum;
use xshell::Shell;

use crate::failure::Failure;
use crate::setup;
use crate::step::Step;
use crate::test_summary::TestSummary;
use crate::timing::Timings;

/// Runs every step, or `only` one.
pub(crate) fn run_steps(sh: &Shell, only: Option<Step>) -> Result<(), Failure> {
    let timings = Timings::start();
    timings.step("set-up", || setup::everything(sh))?;

    let mut summary = TestSummary::default();
    let steps: &[Step] = match &only {
        Some(step) => std::slice::from_ref(step),
        None => Step::value_variants(),
    };
    let mut outcome = Ok(());
    for &step in steps {
        println!("\n== {step}");
        if let Err(cause) = timings.step(&step.to_string(), || step.run(sh, &mut summary)) {
            outcome = Err(Failure::Step { step: step.to_string(), cause: Box::new(cause) });
            break;
        }
    }
    let slowest = summary.slowest();
    if !slowest.is_empty() {
        println!("\nthe slowest tests:");
        for line in slowest {
            println!("{line}");
        }
    }
    println!("\n{}", timings.table());
    println!("{summary}");
    outcome
}
