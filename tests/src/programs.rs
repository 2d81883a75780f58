//! The paths of this repository's programs.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, IoContext};

/// The repository's directory.
///
/// # Panics
/// Never: this crate is in a directory of it.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lives in the repository's directory")
}

/// The path of a program of this repository, built beside the running one.
pub fn program_path(name: &str) -> Result<PathBuf, Failure> {
    let this = std::env::current_exe().context("looking for this program")?;
    let directory = this.ancestors().skip(1).find(|directory| !directory.ends_with("deps")).unwrap_or(&this);
    let path = directory.join(name);
    if path.is_file() { Ok(path) } else { Err(Failure::Missing { path }) }
}

/// The path of a reverse proxy's program, which `cargo xtask test` has unpacked.
pub(crate) fn reverse_proxy_path(program: &str) -> Result<PathBuf, Failure> {
    let path = root().join("target/tools/reverse-proxies/usr").join(program);
    if path.is_file() { Ok(path) } else { Err(Failure::Missing { path }) }
}
