//! `cargo`, with the environment of a person's shell.

use xshell::{Cmd, Shell, cmd};

/// The command `cargo`.
pub(crate) fn cargo(sh: &Shell) -> Cmd<'_> {
    without_package_variables(cmd!(sh, "cargo"))
}

/// Removes the variables in which the cargo that runs this program describes its package.
///
/// Build scripts that read them (ring's does) would run again, and everything that depends on them would be compiled
/// again, whenever somebody changes between `cargo xtask` and `cargo`.
pub(crate) fn without_package_variables(cargo: Cmd<'_>) -> Cmd<'_> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let package_variables = names.filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
    package_variables.fold(cargo, Cmd::env_remove)
}
