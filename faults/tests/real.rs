//! A few runs on the real stack; `cargo xtask faults --real --runs 200` makes more.

use ringside_faults::real::run_many;

#[test]
fn nothing_is_lost_doubled_or_wrong_in_six_runs_on_the_real_stack() {
    let batch = run_many(0..6, 3).expect("a desktop");
    assert_eq!(batch.violations, Vec::<String>::new());
    let tally = batch.tally;
    // Otherwise nothing was tried. How much goes on in a run depends on how fast the machine is.
    assert!(tally.runs == 6 && tally.accepted >= 6 && tally.faults.len() > 2, "{tally:?}");
}
