//! The windows' TypeScript, generated from the core's declarations and committed.

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;

const GENERATED: &str = "ui/src/bridge/generated.ts";

/// Writes it.
pub(crate) fn write(sh: &Shell) -> Result<(), Failure> {
    sh.write_file(GENERATED, generate(sh)?)?;
    println!("{GENERATED} is up to date");
    Ok(())
}

/// Fails when the committed copy is stale.
pub(crate) fn check(sh: &Shell) -> Result<(), Failure> {
    if sh.read_file(GENERATED)? == generate(sh)? { Ok(()) } else { Err(Failure::StaleTypeScript) }
}

fn generate(sh: &Shell) -> Result<String, Failure> {
    // As part of the whole workspace, so that features are those everything else is built with.
    cargo(sh).args(["build", "--locked", "--quiet", "--workspace", "--example", "typescript"]).run()?;
    let mut text = cmd!(sh, "target/debug/examples/typescript").read()?;
    // `read` removes the last line break.
    text.push('\n');
    Ok(text)
}
