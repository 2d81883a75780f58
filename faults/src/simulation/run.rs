//! One run, from its seed.

use std::path::Path;

use tokio::time::Instant;

use super::results::{Tally, Violation};
use super::world::World;

/// Runs one seed. `verbose` prints what happens.
///
/// # Errors
/// The first [`Violation`].
///
/// # Panics
/// When this machine can't run it at all: no temporary directory.
pub fn run(seed: u64, verbose: bool) -> Result<Tally, Violation> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without input or output").block_on(async {
        let memory = Path::new("/dev/shm");
        let disks = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let disks = disks.expect("a temporary directory");
        let began = Instant::now();
        let mut world = World::new(seed, verbose, disks.path());
        let result = world.run().await;
        let tally = Tally { time: began.elapsed(), fingerprint: world.trace.fingerprint(), ..world.tally };
        match result {
            Ok(()) => Ok(tally),
            Err(what) => Err(Violation { seed, after: began.elapsed(), what }),
        }
    })
}
