//! `cargo xtask faults`: the hunt for faults, built as the tests are.

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::setup;

/// Hunts.
pub(crate) fn faults(sh: &Shell, arguments: &[String]) -> Result<(), Failure> {
    setup::everything(sh)?;
    // Of the whole workspace, so that the features are those everything else is built with.
    cargo(sh).args(["build", "--locked", "--quiet", "--workspace", "--bins"]).run()?;
    Ok(cmd!(sh, "target/debug/ringside-faults {arguments...}").quiet().run()?)
}
