//! What a fresh machine lacks, installed once: Debian packages, npm packages, cargo tools; for other systems, two
//! compilers.
//!
//! Each part looks before it acts, says what it installs, and is silent and offline when nothing is missing.

mod debian;
pub(crate) mod npm;
pub(crate) mod tools;
pub(crate) mod zig;

use xshell::Shell;

use crate::failure::Failure;
use debian::MissingPackages;

/// Where tests find the reverse proxies (`tests/src/programs.rs`).
const REVERSE_PROXIES: &str = "target/tools/reverse-proxies";

/// Installs what the tests need, which is the most anything needs.
pub(crate) fn everything(sh: &Shell) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        debian::install(
            sh,
            &[debian::BUILD, debian::WINDOWS, debian::VIRTUAL_DISPLAY, debian::POSTGRES, debian::TESTS],
        )?;
        debian::unpack_reverse_proxies(sh, REVERSE_PROXIES)?;
    }
    npm::packages(sh)?;
    tools::all(sh)
}

/// The Debian packages that a demo needs and this machine lacks; `None` if it lacks none.
pub(crate) fn demo_packages(sh: &Shell, headless: bool) -> Result<Option<MissingPackages>, Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let mut groups = vec![debian::BUILD, debian::WINDOWS];
    if headless {
        groups.push(debian::VIRTUAL_DISPLAY);
    }
    debian::missing(sh, &groups)
}

/// Installs what testing the API against its description needs, except for schemathesis.
pub(crate) fn conformance(sh: &Shell) -> Result<(), Failure> {
    debian::install(sh, &[debian::POSTGRES, debian::PYTHON])
}

/// Installs what building packages and verifying them needs. macOS and Windows have the system libraries already.
pub(crate) fn bundle(sh: &Shell) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        debian::install(sh, &[debian::BUILD, debian::BUNDLE])?;
    }
    npm::packages(sh)
}

/// Installs what an `AppImage` is made with, except for the tools that Tauri's own tool downloads.
pub(crate) fn appimage(sh: &Shell) -> Result<(), Failure> {
    debian::install(sh, &[debian::APPIMAGE])
}

/// Installs what benchmarks compare with.
pub(crate) fn benchmarks(sh: &Shell) -> Result<(), Failure> {
    debian::install(sh, &[debian::BENCHMARKS])
}

/// Installs what a real update needs.
pub(crate) fn update_test(sh: &Shell) -> Result<(), Failure> {
    debian::install(sh, &[debian::UPDATE_TEST])
}

/// Installs Postgres.
pub(crate) fn postgres(sh: &Shell) -> Result<(), Failure> {
    debian::install(sh, &[debian::POSTGRES])
}

/// Installs what compiling for Windows needs, except for the Rust compiler.
pub(crate) fn cross_windows(sh: &Shell) -> Result<(), Failure> {
    debian::install(sh, &[debian::CROSS_WINDOWS])?;
    npm::packages(sh)
}

/// Installs what running programs for Windows needs.
pub(crate) fn wine(sh: &Shell) -> Result<(), Failure> {
    debian::install(sh, &[debian::WINE])
}

/// Installs what compiling for macOS needs, except for the Rust compiler.
pub(crate) fn cross_macos(sh: &Shell) -> Result<(), Failure> {
    debian::install(sh, &[debian::CROSS_MACOS])?;
    npm::packages(sh)?;
    zig::install(sh)
}

/// Unpacks a Rust compiler into `directory` that compiles for other systems.
pub(crate) fn cross_compiler(sh: &Shell, directory: &str) -> Result<(), Failure> {
    debian::unpack_cross_compiler(sh, directory)
}
