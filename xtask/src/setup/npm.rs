//! The windows' npm packages, installed anew only when the lock file changed.

use xshell::{Shell, cmd};

use crate::failure::Failure;
use crate::step::NPM;

/// The oldest Node that Vite runs on.
const NODE: u32 = 20;
const LOCK: &str = "ui/package-lock.json";
/// A copy of the lock file that the installed packages came from.
const STAMP: &str = "target/setup/package-lock.json";

/// Installs the packages of the lock file, exactly.
pub(crate) fn packages(sh: &Shell) -> Result<(), Failure> {
    node(sh)?;
    let lock = sh.read_file(LOCK)?;
    let installed = sh.read_file(STAMP).is_ok_and(|stamp| stamp == lock) && sh.path_exists("ui/node_modules");
    if installed {
        return Ok(());
    }
    println!("Installing the npm packages of {LOCK}");
    {
        let _ui = sh.push_dir("ui");
        // Not `npm ci`: it insists on every platform's optional packages, and `@lix-js/sdk` (under paraglide) names some
        // that were never published. This takes the lock file's versions as exactly and writes nothing back.
        cmd!(sh, "{NPM} install --no-save --no-audit --no-fund").run()?;
    }
    sh.write_file(STAMP, lock)?;
    Ok(())
}

fn node(sh: &Shell) -> Result<(), Failure> {
    let refuse = |found: String| Failure::Node { wanted: NODE, found };
    let version = cmd!(sh, "node --version").quiet().ignore_stderr().read();
    let version = version.map_err(|_| refuse("there is none on the PATH".to_owned()))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major >= NODE) { Ok(()) } else { Err(refuse(format!("this is {version}"))) }
}
