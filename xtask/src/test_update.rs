//! `cargo xtask test-update`: a real update of an installed package.
//!
//! Not part of `cargo xtask test`, because it builds the application for release twice and installs packages on this
//! machine. The tests are in `tests/tests/update.rs`.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::package::{self, TAURI};
use crate::{setup, step};

const OLD: &str = "0.0.1";
const NEW: &str = "0.0.2";
/// Where keys and packages are, until the next run.
const DIRECTORY: &str = "target/update";

/// Builds the packages, and runs the tests.
pub(crate) fn test_update(sh: &Shell) -> Result<(), Failure> {
    setup::everything(sh)?;
    setup::update_test(sh)?;
    sh.remove_path(DIRECTORY)?;
    let (ours, strangers) = (generate_key(sh, "ours")?, generate_key(sh, "a-stranger's")?);
    let (old, new) = (build_package(sh, OLD, &ours)?, build_package(sh, NEW, &ours)?);
    let stranger = sign(sh, &strangers, &new)?;
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

/// Makes a key pair; returns the file of the private key.
fn generate_key(sh: &Shell, name: &str) -> Result<PathBuf, Failure> {
    let path = crate::root().join(DIRECTORY).join("keys").join(name);
    package::generate_key(sh, &path)?;
    Ok(path)
}

/// Builds a Debian package of `version`, signed with `key`.
fn build_package(sh: &Shell, version: &str, key: &Path) -> Result<PathBuf, Failure> {
    package::application(sh, Some(version), key, &crate::root().join(DIRECTORY).join(version))
}

/// Signs a copy of `package` with `key`; returns the file of the signature.
fn sign(sh: &Shell, key: &Path, package: &Path) -> Result<PathBuf, Failure> {
    let copy = key.with_added_extension("deb");
    sh.copy_file(package, &copy)?;
    cmd!(sh, "{TAURI} signer sign --private-key-path {key} --password= --app-version {NEW} {copy}")
        .quiet()
        .ignore_stdout()
        .run()?;
    Ok(copy.with_added_extension("sig"))
}
