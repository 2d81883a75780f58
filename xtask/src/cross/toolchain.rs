//! Debian's own compiler, which compiles the standard library for the other system from its sources first.
//!
//! rustup would have that library ready; but it comes from a server that not every machine reaches, and a Debian mirror
//! does. Debian keeps this compiler up to date for its browsers, so it is new enough for this workspace.

use std::path::PathBuf;

use xshell::{Cmd, Shell, cmd};

use crate::cargo::as_a_person;
use crate::failure::Failure;
use crate::setup;

const ROOT: &str = "target/tools/debian-rust";
/// Where it compiles to: apart from everything else, which another compiler compiled.
pub(crate) const TARGET: &str = "target/cross";

/// A compiler for one other system.
pub(crate) struct Toolchain {
    root: PathBuf,
    triple: &'static str,
    /// What the system's own compilers want to be told.
    variables: Vec<(&'static str, PathBuf)>,
}

impl Toolchain {
    /// Debian's compiler for the system called `triple`, unpacked if it isn't.
    pub(crate) fn set_up(sh: &Shell, triple: &'static str) -> Result<Self, Failure> {
        setup::compiler(sh, ROOT)?;
        Ok(Self { root: crate::root().join(ROOT).join("usr"), triple, variables: Vec::new() })
    }

    /// The same, with an environment variable for every command.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<PathBuf>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Where the programs are that it makes in development.
    pub(crate) fn programs(&self) -> PathBuf {
        crate::root().join(TARGET).join(self.triple).join("debug")
    }

    /// A command of its cargo.
    pub(crate) fn cargo<'a>(&self, sh: &'a Shell, command: &str) -> Cmd<'a> {
        let Self { root, triple, variables } = self;
        let cargo = root.join("bin/cargo");
        let cargo = as_a_person(cmd!(sh, "{cargo} {command} --locked --target {triple} --target-dir {TARGET}"))
            .arg("-Zbuild-std=std,panic_abort")
            // Compiling the standard library is no stable feature of cargo's.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", root.join("bin/rustc"))
            .env("RUSTDOC", root.join("bin/rustdoc"))
            .env("LD_LIBRARY_PATH", root.join("lib/x86_64-linux-gnu"));
        variables.iter().fold(cargo, |cargo, (name, value)| cargo.env(name, value))
    }
}
