//! `cargo xtask cross`: compiles the workspace for other systems.
//!
//! Not part of `cargo xtask test`: it installs a second compiler, and its result changes only with the lock file and with
//! code that differs between systems. Deliberately absent: signing and packaging, which need the system itself.

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
        /// Also link and start the application, and run the tests of the crates without windows, under Wine
        #[arg(long)]
        run: bool,
    },
    /// aarch64-apple-darwin
    Macos,
}

/// Compiles for `system`.
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
