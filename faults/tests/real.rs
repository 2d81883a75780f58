//! A few runs on the real stack; `cargo xtask faults --real --runs 200` makes more.

use ringside_faults::real::{kill_uploads, run_many};

#[test]
fn six_real_runs_lose_repeat_and_corrupt_nothing() {
    let batch = run_many(0..6, 3).expect("a desktop");
    assert_eq!(batch.violations, Vec::<String>::new());
    let tally = batch.tally;
    // Otherwise nothing was tried. How much goes on in a run depends on how fast the machine is.
    assert!(tally.runs == 6 && tally.accepted >= 6 && tally.faults.len() > 2, "{tally:?}");
}

#[test]
fn an_upload_whose_application_is_killed_at_random_bytes_ends_whole() {
    kill_uploads(4, 4).expect("it is whole");
}
