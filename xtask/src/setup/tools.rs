//! The cargo tools, each at one version, installed under `target/tools` so that nothing of the person's is touched.

use std::path::PathBuf;

use xshell::{Shell, cmd};

use crate::failure::Failure;

const ROOT: &str = "target/tools";

/// Every tool, its version and what it is for.
const TOOLS: &[(&str, &str, &str)] = &[
    ("cargo-deny", "0.20.2", "guards licences, sources, advisories and duplicates"),
    ("tauri-driver", "2.1.0", "drives the application's windows in tests"),
];

/// Installs the tools that are missing.
pub(crate) fn all(sh: &Shell) -> Result<(), Failure> {
    // Where cargo notes what it installed; asking cargo itself would want the network.
    let noted = sh.read_file(format!("{ROOT}/.crates.toml")).unwrap_or_default();
    for (name, version, purpose) in TOOLS {
        if noted.contains(&format!("\"{name} {version} ")) {
            continue;
        }
        println!("Installing {name} {version} into {ROOT}: {purpose}");
        cmd!(sh, "cargo install --quiet --locked --root {ROOT} {name} --version {version}").run()?;
    }
    Ok(())
}

/// Where the tool called `name` is.
pub(crate) fn path(name: &str) -> PathBuf {
    crate::root().join(ROOT).join("bin").join(name)
}
