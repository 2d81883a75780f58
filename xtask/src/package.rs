//! Debian packages that a test or a benchmark installs on this machine, signed with keys made for the purpose.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use crate::bundle::{self, Options, PRIVATE_KEY, PUBLIC_KEY};
use crate::failure::Failure;

/// Tauri's own tool.
pub(crate) const TAURI: &str = "ui/node_modules/.bin/tauri";

/// Makes a key pair: the private key at `path`, the public one beside it.
pub(crate) fn generate_key(sh: &Shell, path: &Path) -> Result<(), Failure> {
    sh.create_dir(path.parent().unwrap_or(path))?;
    cmd!(sh, "{TAURI} signer generate --ci --password= --write-keys {path}").quiet().ignore_stdout().run()?;
    Ok(())
}

/// Builds the application's package in `directory`, signed with `key`. `version` replaces the workspace's version.
pub(crate) fn application(sh: &Shell, version: Option<&str>, key: &Path, directory: &Path) -> Result<PathBuf, Failure> {
    let public = sh.read_file(key.with_added_extension("pub"))?;
    let _private = sh.push_env(PRIVATE_KEY, key);
    let _password = sh.push_env("TAURI_SIGNING_PRIVATE_KEY_PASSWORD", "");
    let _public = sh.push_env(PUBLIC_KEY, public);
    let options = Options { version: version.map(str::to_owned), bundles: Some("deb".to_owned()) };
    copy_package(sh, &bundle::bundle(sh, &options)?, directory)
}

/// Builds the package of the empty application in `directory`.
pub(crate) fn empty_application(sh: &Shell, directory: &Path) -> Result<PathBuf, Failure> {
    copy_package(sh, &bundle::empty_application(sh)?, directory)
}

/// Copies what was built, which the next build removes; returns where the package is.
fn copy_package(sh: &Shell, built: &[PathBuf], directory: &Path) -> Result<PathBuf, Failure> {
    sh.create_dir(directory)?;
    for file in built {
        sh.copy_file(file, directory)?;
    }
    let is_package = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "deb");
    let package = built.iter().find(|path| is_package(path)).and_then(|path| path.file_name());
    package.map(|name| directory.join(name)).ok_or_else(|| Failure::NoPackage(directory.to_owned()))
}
