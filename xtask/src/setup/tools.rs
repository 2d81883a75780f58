//! The cargo tools, each at one version, installed under `target/tools` so that nothing of the person's is touched.

use std::path::PathBuf;

use xshell::{Shell, cmd};

use crate::failure::Failure;

const ROOT: &str = "target/tools";

/// A tool, its version and what it is for.
type Tool = (&'static str, &'static str, &'static str);

/// Fuzzes.
pub(crate) const FUZZER: Tool = ("cargo-fuzz", "0.13.2", "has libFuzzer call the parsers");

/// Every tool that tests need.
const TOOLS: &[Tool] = &[("cargo-deny", "0.20.2", "guards licences, sources, advisories and duplicates")];

/// Installs the tools that are missing.
pub(crate) fn all(sh: &Shell) -> Result<(), Failure> {
    TOOLS.iter().try_for_each(|&tool| install(sh, tool))
}

pub(crate) fn install(sh: &Shell, (name, version, purpose): Tool) -> Result<(), Failure> {
    // The list in which cargo notes what it installed: asking cargo itself would need the network.
    let installed = sh.read_file(format!("{ROOT}/.crates.toml")).unwrap_or_default();
    if installed.contains(&format!("\"{name} {version} ")) {
        return Ok(());
    }
    println!("Installing {name} {version} into {ROOT}: {purpose}");
    Ok(cmd!(sh, "cargo install --quiet --locked --root {ROOT} {name} --version {version}").run()?)
}

/// The program of the tool called `name`.
pub(crate) fn path(name: &str) -> PathBuf {
    crate::root().join(ROOT).join("bin").join(name)
}
