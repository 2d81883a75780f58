//! `cargo xtask fuzz`: looks for inputs on which a parser of the server, of the core, of `training` or of `imports` panics.

use xshell::{Shell, cmd};

use crate::failure::Failure;
use crate::setup::tools;

/// Where the targets are.
const FUZZ: &str = "fuzz";

/// Fuzzes each target for so many seconds, or only one. What leads somewhere new is added to its corpus.
pub(crate) fn fuzz(sh: &Shell, target: Option<String>, seconds: u32) -> Result<(), Failure> {
    tools::install(sh, tools::FUZZER)?;
    let cargo_fuzz = tools::path("cargo-fuzz");
    let targets = match target {
        Some(target) => vec![target],
        None => cmd!(sh, "{cargo_fuzz} list --fuzz-dir {FUZZ}").read()?.lines().map(str::to_owned).collect(),
    };
    for target in targets {
        // Without a sanitizer, which only a nightly compiler has: in code without `unsafe` a fault is a panic.
        let build = ["--fuzz-dir", FUZZ, "--sanitizer", "none"];
        let limits = ["-max_len=4096".to_owned(), format!("-max_total_time={seconds}")];
        cmd!(sh, "{cargo_fuzz} run {build...} {target} -- {limits...}").run()?;
    }
    Ok(())
}
