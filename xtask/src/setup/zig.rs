//! zig, the only C compiler for macOS that can be had anywhere, with the C headers of that system.

use std::path::PathBuf;

use xshell::{Shell, cmd};

use crate::failure::Failure;

const ROOT: &str = "target/tools/zig";
const VERSION: &str = "0.17.1";

/// Installs it from the Python package index, where its makers publish it.
pub(super) fn install(sh: &Shell) -> Result<(), Failure> {
    // The directory in which pip notes what it installed.
    if sh.path_exists(format!("{ROOT}/ziglang-{VERSION}.dist-info")) {
        return Ok(());
    }
    println!("Installing zig {VERSION} into {ROOT}: the C compiler for macOS");
    sh.remove_path(ROOT)?;
    let options = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps"];
    Ok(cmd!(sh, "python3 -m pip install {options...} --target {ROOT} ziglang=={VERSION}").run()?)
}

/// Its program.
pub(crate) fn path() -> PathBuf {
    crate::root().join(ROOT).join("ziglang/zig")
}
