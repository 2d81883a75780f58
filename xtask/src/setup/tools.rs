//! The cargo tools, each at one version, installed under `target/tools` so that nothing of the person's is touched.

use std::path::PathBuf;

use xshell::{Shell, cmd};

use crate::failure::Failure;

const ROOT: &str = "target/tools";

/// A tool, its version and what it is for.
type Tool = (&'static str, &'static str, &'static str);

/// Drives windows.
pub(crate) const DRIVER: Tool = ("tauri-driver", "2.1.0", "drives the application's windows");

/// Fuzzes.
pub(crate) const FUZZER: Tool = ("cargo-fuzz", "0.13.2", "has libFuzzer call the parsers");

/// Every tool that tests need.
const TOOLS: &[Tool] = &[("cargo-deny", "0.20.2", "guards licences, sources, advisories and duplicates"), DRIVER];

/// Installs the tools that are missing.
pub(crate) fn all(sh: &Shell) -> Result<(), Failure> {
    TOOLS.iter().try_for_each(|&tool| install(sh, tool))
}

/// Installs one tool, if it is missing.
pub(crate) fn install(sh: &Shell, (name, version, purpose): Tool) -> Result<(), Failure> {
    // Where cargo notes what it installed; asking cargo itself would want the network.
    let noted = sh.read_file(format!("{ROOT}/.crates.toml")).unwrap_or_default();
    if noted.contains(&format!("\"{name} {version} ")) {
        return Ok(());
    }
    println!("Installing {name} {version} into {ROOT}: {purpose}");
    Ok(cmd!(sh, "cargo install --quiet --locked --root {ROOT} {name} --version {version}").run()?)
}

/// Where the tool called `name` is.
pub(crate) fn path(name: &str) -> PathBuf {
    crate::root().join(ROOT).join("bin").join(name)
}
