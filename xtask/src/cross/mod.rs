//! `cargo xtask cross`: the workspace compiled for the systems that nobody here sits at.
//!
//! No part of `cargo xtask test`: it brings in a second compiler, and what it proves changes only with the lock file and
//! with what is different from system to system. Deliberately absent: signing and packaging, which want the system itself.

mod macos;
mod toolchain;
mod windows;

use clap::Subcommand;
use xshell::Shell;

use crate::cross::toolchain::Toolchain;
use crate::failure::Failure;

/// A system to compile for.
#[derive(Clone, Copy, Subcommand)]
pub(crate) enum System {
    /// x86_64-pc-windows-gnu
    Windows {
        /// Also link and start the application, and run the tests of what has no window, under Wine
        #[arg(long)]
        run: bool,
    },
    /// aarch64-apple-darwin
    Macos,
}

/// Compiles.
pub(crate) fn cross(sh: &Shell, system: System) -> Result<(), Failure> {
    match system {
        System::Windows { run } => windows::windows(sh, run),
        System::Macos => macos::macos(sh),
    }
}

/// Type-checks every crate but `excluded`, with its tests and examples.
fn check(sh: &Shell, toolchain: &Toolchain, excluded: &[(&str, &str)]) -> Result<(), Failure> {
    for (name, reason) in excluded {
        println!("Not {name}: {reason}");
    }
    let excluded = excluded.iter().flat_map(|(name, _)| ["--exclude", name]);
    Ok(toolchain.cargo(sh, "check").args(["--workspace", "--all-targets"]).args(excluded).run()?)
}
