//! Where the programs of this repository are.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, While};

/// The repository's directory.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lives in the repository's directory")
}

/// A program of ours, built beside the one that runs.
pub fn ours(name: &str) -> Result<PathBuf, Failure> {
    let me = std::env::current_exe().while_doing("asking where this program is")?;
    let beside = me.ancestors().skip(1).find(|directory| !directory.ends_with("deps")).unwrap_or(&me);
    existing(beside.join(name))
}

/// A tool that the set-up installs.
pub(crate) fn tool(name: &str) -> Result<PathBuf, Failure> {
    existing(root().join("target/tools/bin").join(name))
}

fn existing(path: PathBuf) -> Result<PathBuf, Failure> {
    if path.is_file() { Ok(path) } else { Err(Failure::Missing { path }) }
}
