//! Debian packages to be installed on this machine by a test or a benchmark, signed with keys that guard nothing.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use crate::bundle::{self, Options, PRIVATE_KEY, PUBLIC_KEY};
use crate::failure::Failure;

/// Tauri's own tool.
pub(crate) const TAURI: &str = "ui/node_modules/.bin/tauri";

/// Makes a key pair at `path`, where the private one is.
pub(crate) fn key(sh: &Shell, path: &Path) -> Result<(), Failure> {
    sh.create_dir(path.parent().unwrap_or(path))?;
    cmd!(sh, "{TAURI} signer generate --ci --password= --write-keys {path}").quiet().ignore_stdout().run()?;
    Ok(())
}

/// Builds the application's package, of another version than the workspace's if one is named, signed with `key`, and
/// keeps it in `directory`.
pub(crate) fn ours(sh: &Shell, version: Option<&str>, key: &Path, directory: &Path) -> Result<PathBuf, Failure> {
    let public = sh.read_file(key.with_added_extension("pub"))?;
    let _private = sh.push_env(PRIVATE_KEY, key);
    let _password = sh.push_env("TAURI_SIGNING_PRIVATE_KEY_PASSWORD", "");
    let _public = sh.push_env(PUBLIC_KEY, public);
    let options = Options { version: version.map(str::to_owned), bundles: Some("deb".to_owned()) };
    kept(sh, &bundle::bundle(sh, &options)?, directory)
}

/// Builds the package of the application with nothing in it, and keeps it in `directory`.
pub(crate) fn empty(sh: &Shell, directory: &Path) -> Result<PathBuf, Failure> {
    kept(sh, &bundle::empty(sh)?, directory)
}

/// Copies what was built, which the next build clears away; answers where the package is.
fn kept(sh: &Shell, built: &[PathBuf], directory: &Path) -> Result<PathBuf, Failure> {
    sh.create_dir(directory)?;
    for file in built {
        sh.copy_file(file, directory)?;
    }
    let is_package = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "deb");
    let package = built.iter().find(|path| is_package(path)).and_then(|path| path.file_name());
    package.map(|name| directory.join(name)).ok_or_else(|| Failure::NotBuilt(directory.to_owned()))
}
