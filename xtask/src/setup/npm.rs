//! The windows' npm packages, installed again only when the lock file changed.

use xshell::{Shell, cmd};

use crate::failure::Failure;

/// npm's program: on Windows a script, which is not found without its extension.
pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// The oldest version of Node that Vite runs on.
const MIN_NODE: u32 = 20;
const LOCK: &str = "ui/package-lock.json";
/// A copy of the lock file that the installed packages came from.
const STAMP: &str = "target/setup/package-lock.json";

/// Installs the packages of the lock file.
pub(crate) fn packages(sh: &Shell) -> Result<(), Failure> {
    check_node(sh)?;
    if are_installed(sh)? {
        return Ok(());
    }
    println!("Installing the npm packages of {LOCK}");
    {
        let _ui = sh.push_dir("ui");
        // Not `npm ci`: it requires every platform's optional packages, and `@lix-js/sdk` (a dependency of paraglide) names
        // some that were never published. This installs the same versions, and does not change the lock file.
        cmd!(sh, "{NPM} install --no-save --no-audit --no-fund").run()?;
    }
    sh.write_file(STAMP, sh.read_file(LOCK)?)?;
    Ok(())
}

/// Whether the packages of the current lock file are installed.
pub(crate) fn are_installed(sh: &Shell) -> Result<bool, Failure> {
    let lock = sh.read_file(LOCK)?;
    Ok(sh.read_file(STAMP).is_ok_and(|stamp| stamp == lock) && sh.path_exists("ui/node_modules"))
}

/// Fails if Node is missing or too old.
pub(crate) fn check_node(sh: &Shell) -> Result<(), Failure> {
    let refuse = |found: String| Failure::Node { wanted: MIN_NODE, found };
    let version = cmd!(sh, "node --version").quiet().ignore_stderr().read();
    let version = version.map_err(|_| refuse("there is none on the PATH".to_owned()))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major >= MIN_NODE) { Ok(()) } else { Err(refuse(format!("this is {version}"))) }
}
