//! What a fresh machine lacks, brought in once: Debian packages, npm packages, two cargo tools.
//!
//! Each part looks before it acts, says what it installs, and is silent and offline when nothing is missing.

mod debian;
mod npm;
pub(crate) mod tools;

use xshell::Shell;

use crate::failure::Failure;

/// Brings in everything.
pub(crate) fn everything(sh: &Shell) -> Result<(), Failure> {
    building(sh)?;
    tools::all(sh)
}

/// Brings in what building the application needs. macOS and Windows have the rest already.
pub(crate) fn building(sh: &Shell) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        debian::packages(sh)?;
    }
    npm::packages(sh)
}

/// Brings in what benchmarks compare with.
pub(crate) fn compared_with(sh: &Shell) -> Result<(), Failure> {
    debian::compared_with(sh)
}

/// Brings in what a real update needs.
pub(crate) fn updated_with(sh: &Shell) -> Result<(), Failure> {
    debian::updated_with(sh)
}

/// Brings in what running a Postgres needs.
pub(crate) fn debian(sh: &Shell) -> Result<(), Failure> {
    debian::packages(sh)
}
