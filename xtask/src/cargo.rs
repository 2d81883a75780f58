//! `cargo`, as a person would run it.

use xshell::{Cmd, Shell, cmd};

/// The command, without what the cargo that runs this program tells it about its own package.
pub(crate) fn cargo(sh: &Shell) -> Cmd<'_> {
    as_a_person(cmd!(sh, "cargo"))
}

/// A cargo told nothing about this program's own package.
///
/// Build scripts that look at those variables (ring's does) would run again, and everything above them be compiled
/// again, whenever somebody changes between `cargo xtask` and `cargo`.
pub(crate) fn as_a_person(cargo: Cmd<'_>) -> Cmd<'_> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let of_this_package = names.filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
    of_this_package.fold(cargo, Cmd::env_remove)
}
