//! `cargo xtask faults`: builds `ringside-faults` and runs it.

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::postgres::{ADDRESS, Cluster, Durability};
use crate::setup;

/// Runs `ringside-faults`.
pub(crate) fn faults(sh: &Shell, arguments: &[String]) -> Result<(), Failure> {
    setup::everything(sh)?;
    if arguments.iter().any(|argument| argument == "--sim") {
        // Optimised: many seeds take longer than the build.
        cargo(sh).args(["build", "--locked", "--quiet", "--profile", "hunt", "--package", "ringside-faults"]).run()?;
        return Ok(cmd!(sh, "target/hunt/ringside-faults {arguments...}").quiet().run()?);
    }
    // As part of the whole workspace, so that features are those everything else is built with.
    cargo(sh).args(["build", "--locked", "--quiet", "--workspace", "--bins"]).run()?;
    // Dropped at the end of this function, which ends it.
    let cluster = if arguments.iter().any(|argument| argument == "--real") {
        Some(Cluster::start(sh, Durability::Off)?)
    } else {
        None
    };
    let command = cmd!(sh, "target/debug/ringside-faults {arguments...}").quiet();
    let command = cluster.iter().fold(command, |command, cluster| command.env(ADDRESS, cluster.address()));
    Ok(command.run()?)
}
