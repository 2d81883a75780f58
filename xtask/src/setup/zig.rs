//! zig, the only C compiler for macOS that may be had anywhere, with the C headers of that system.

use std::path::PathBuf;

use xshell::{Shell, cmd};

use crate::failure::Failure;

const ROOT: &str = "target/tools/zig";
const VERSION: &str = "0.17.1";

/// Installs it from where its makers publish it.
pub(crate) fn zig(sh: &Shell) -> Result<(), Failure> {
    // Where pip notes what it installed.
    if sh.path_exists(format!("{ROOT}/ziglang-{VERSION}.dist-info")) {
        return Ok(());
    }
    println!("Installing zig {VERSION} into {ROOT}: the C compiler for macOS");
    sh.remove_path(ROOT)?;
    let quietly = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps"];
    Ok(cmd!(sh, "python3 -m pip install {quietly...} --target {ROOT} ziglang=={VERSION}").run()?)
}

/// Where the program is.
pub(crate) fn path() -> PathBuf {
    crate::root().join(ROOT).join("ziglang/zig")
}
