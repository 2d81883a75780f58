//! Debian's own Rust compiler, which first compiles the standard library for the other system from its sources.
//!
//! rustup offers that library compiled, but from a server that not every machine reaches. A Debian mirror is enough for
//! this. Debian updates this compiler for its browsers, so it is new enough for this workspace.

use std::path::PathBuf;

use xshell::{Cmd, Shell, cmd};

use crate::cargo::without_package_variables;
use crate::failure::Failure;
use crate::setup;

const ROOT: &str = "target/tools/debian-rust";
/// The target directory, separate from that of the other compiler.
pub(crate) const TARGET: &str = "target/cross";

/// A compiler for one other system.
pub(crate) struct Toolchain {
    root: PathBuf,
    triple: &'static str,
    /// Environment variables for the system's C compiler.
    variables: Vec<(&'static str, PathBuf)>,
}

impl Toolchain {
    /// Debian's compiler for the system called `triple`. Unpacks it if necessary.
    pub(crate) fn set_up(sh: &Shell, triple: &'static str) -> Result<Self, Failure> {
        setup::cross_compiler(sh, ROOT)?;
        Ok(Self { root: crate::root().join(ROOT).join("usr"), triple, variables: Vec::new() })
    }

    /// Adds an environment variable to every command.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<PathBuf>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// The directory of its debug builds.
    pub(crate) fn programs(&self) -> PathBuf {
        crate::root().join(TARGET).join(self.triple).join("debug")
    }

    /// A command of its cargo.
    pub(crate) fn cargo<'a>(&self, sh: &'a Shell, command: &str) -> Cmd<'a> {
        let Self { root, triple, variables } = self;
        let cargo = root.join("bin/cargo");
        let cargo =
            without_package_variables(cmd!(sh, "{cargo} {command} --locked --target {triple} --target-dir {TARGET}"))
                .arg("-Zbuild-std=std,panic_abort")
                // Compiling the standard library is an unstable feature of cargo.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTC", root.join("bin/rustc"))
                .env("RUSTDOC", root.join("bin/rustdoc"))
                .env("LD_LIBRARY_PATH", root.join("lib/x86_64-linux-gnu"));
        variables.iter().fold(cargo, |cargo, (name, value)| cargo.env(name, value))
    }
}
