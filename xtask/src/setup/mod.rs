//! What a fresh machine lacks, brought in once: Debian packages, npm packages, cargo tools; for other systems, two
//! compilers.
//!
//! Each part looks before it acts, says what it installs, and is silent and offline when nothing is missing.

mod debian;
mod npm;
pub(crate) mod tools;
pub(crate) mod zig;

use xshell::Shell;

use crate::failure::Failure;

/// Brings in what the tests need, which is the most anything needs.
pub(crate) fn everything(sh: &Shell) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        debian::tests(sh)?;
    }
    npm::packages(sh)?;
    tools::all(sh)
}

/// Brings in what building and opening the windows needs; on a virtual display they are driven as well.
pub(crate) fn demo(sh: &Shell, headless: bool) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        debian::demo(sh)?;
    }
    npm::packages(sh)?;
    if headless { tools::install(sh, tools::DRIVER) } else { Ok(()) }
}

/// Brings in what building the application needs. macOS and Windows have the rest already.
pub(crate) fn building(sh: &Shell) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        debian::built_with(sh)?;
    }
    npm::packages(sh)
}

/// Brings in what testing the API against its description needs, but for schemathesis.
pub(crate) fn conformance(sh: &Shell) -> Result<(), Failure> {
    debian::conformed_with(sh)
}

/// Brings in what building packages and looking into them needs.
pub(crate) fn bundling(sh: &Shell) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        debian::bundled_with(sh)?;
    }
    building(sh)
}

/// Brings in what an `AppImage` is made with, but for the tools that Tauri's own fetches.
pub(crate) fn appimages(sh: &Shell) -> Result<(), Failure> {
    debian::appimages(sh)
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
    debian::tests(sh)
}

/// Brings in what compiling for Windows needs, but for the compiler.
pub(crate) fn for_windows(sh: &Shell) -> Result<(), Failure> {
    debian::for_windows(sh)?;
    npm::packages(sh)
}

/// Brings in what running programs for Windows needs.
pub(crate) fn wine(sh: &Shell) -> Result<(), Failure> {
    debian::wine(sh)
}

/// Brings in what compiling for macOS needs, but for the compiler.
pub(crate) fn for_macos(sh: &Shell) -> Result<(), Failure> {
    debian::for_macos(sh)?;
    npm::packages(sh)?;
    zig::zig(sh)
}

/// Brings a compiler into `directory` that compiles for other systems.
pub(crate) fn compiler(sh: &Shell, directory: &str) -> Result<(), Failure> {
    debian::compiler(sh, directory)
}
