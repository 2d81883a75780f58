//! `cargo xtask test-update`: a real update of a really installed package.
//!
//! Slow, because it builds the application for release twice, and it installs packages on this machine; so it is not part
//! of `cargo xtask test`. What it then does is in `tests/tests/update.rs`.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::package::{self, TAURI};
use crate::{setup, step};

const OLD: &str = "0.0.1";
const NEW: &str = "0.0.2";
/// Where everything is kept until the next time.
const DIRECTORY: &str = "target/update";

/// Builds, and tests.
pub(crate) fn test_update(sh: &Shell) -> Result<(), Failure> {
    setup::everything(sh)?;
    setup::updated_with(sh)?;
    sh.remove_path(DIRECTORY)?;
    let (ours, strangers) = (key(sh, "ours")?, key(sh, "a-stranger's")?);
    let (old, new) = (package(sh, OLD, &ours)?, package(sh, NEW, &ours)?);
    let stranger = signed_by(sh, &strangers, &new)?;
    step::build(sh)?;
    cargo(sh)
        .args([
            "test",
            "--locked",
            "--workspace",
            "--test",
            "update",
            "--",
            "--ignored",
            "--test-threads=1",
            "--nocapture",
        ])
        .env("RINGSIDE_UPDATE_OLD", old)
        .env("RINGSIDE_UPDATE_NEW", new)
        .env("RINGSIDE_UPDATE_OLD_VERSION", OLD)
        .env("RINGSIDE_UPDATE_NEW_VERSION", NEW)
        .env("RINGSIDE_UPDATE_STRANGER", stranger)
        .run()?;
    Ok(())
}

/// Makes a key pair that guards nothing; answers the private one's file.
fn key(sh: &Shell, name: &str) -> Result<PathBuf, Failure> {
    let path = crate::root().join(DIRECTORY).join("keys").join(name);
    package::key(sh, &path)?;
    Ok(path)
}

/// Builds a Debian package of `version`, signed with `key`.
fn package(sh: &Shell, version: &str, key: &Path) -> Result<PathBuf, Failure> {
    package::ours(sh, Some(version), key, &crate::root().join(DIRECTORY).join(version))
}

/// Signs a copy of `package` with `key`; answers the signature's file.
fn signed_by(sh: &Shell, key: &Path, package: &Path) -> Result<PathBuf, Failure> {
    let copy = key.with_added_extension("deb");
    sh.copy_file(package, &copy)?;
    cmd!(sh, "{TAURI} signer sign --private-key-path {key} --password= --app-version {NEW} {copy}")
        .quiet()
        .ignore_stdout()
        .run()?;
    Ok(copy.with_added_extension("sig"))
}
