//! A fixed set of simulated runs; `cargo xtask faults --sim --seeds 10000` runs more.

use ringside_faults::simulation::{self, run_many};

#[test]
fn five_hundred_simulated_runs_lose_repeat_and_corrupt_nothing() {
    let batch = run_many(0..500);
    assert_eq!(batch.violations, []);
    // That things did go wrong, and people did something meanwhile.
    let tally = batch.tally;
    assert!(tally.done > 10_000 && tally.faults > 10_000 && tally.crashes > 1_000, "{tally:?}");
}

#[test]
fn equal_seeds_give_equal_runs() {
    for seed in [3, 14, 159] {
        let (first, second) = (simulation::run(seed, false), simulation::run(seed, false));
        assert!(first.is_ok(), "{first:?}");
        assert_eq!(first, second);
    }
}
