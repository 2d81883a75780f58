//! `cargo xtask faults`: the hunt for faults, built as the tests are.

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::postgres::{ADDRESS, Cluster, Durability};
use crate::setup;

/// Hunts.
pub(crate) fn faults(sh: &Shell, arguments: &[String]) -> Result<(), Failure> {
    setup::everything(sh)?;
    // Of the whole workspace, so that the features are those everything else is built with.
    cargo(sh).args(["build", "--locked", "--quiet", "--workspace", "--bins"]).run()?;
    // Dropped, and so ended, when the hunt is over.
    let cluster = if arguments.iter().any(|argument| argument == "--real") {
        Some(Cluster::start(sh, Durability::Off)?)
    } else {
        None
    };
    let hunt = cmd!(sh, "target/debug/ringside-faults {arguments...}").quiet();
    let hunt = cluster.iter().fold(hunt, |hunt, cluster| hunt.env(ADDRESS, cluster.address()));
    Ok(hunt.run()?)
}
