//! `cargo xtask bundle`: this system's installers, built to be small.
//!
//! What can be built depends on the system: `.deb` and `.rpm` here, `.app` and `.dmg` on macOS, NSIS on Windows. `AppImage`
//! is left to a system that can fetch its tools. With a signing key each package that the updater can install gets a
//! signature; without one the application is built as one that does not update itself, and that is said.

use std::path::{Path, PathBuf};

use clap::Args;
use xshell::{Shell, cmd};

use crate::failure::{Failure, While};
use crate::{licences, setup, step};

/// The private key packages are signed with: its text or its file, as Tauri's own tool takes it.
pub(crate) const PRIVATE_KEY: &str = "TAURI_SIGNING_PRIVATE_KEY";
/// The public key of it, which goes into the application: packages signed otherwise are refused.
pub(crate) const PUBLIC_KEY: &str = "RINGSIDE_UPDATE_PUBLIC_KEY";

/// Where Tauri's tool puts what it builds.
const TARGET: &str = "target/bundle/bundle";

/// How installers are built.
#[derive(Args)]
pub(crate) struct Options {
    /// Another version than the workspace's
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// Which packages, such as deb,rpm [default: what this system can build]
    #[arg(long, value_name = "KINDS")]
    pub(crate) bundles: Option<String>,
}

/// Builds them; answers where they are, with their signatures.
pub(crate) fn bundle(sh: &Shell, options: &Options) -> Result<Vec<PathBuf>, Failure> {
    setup::building(sh)?;
    step::npm(sh, "build")?;
    licences::write_text(sh)?;
    let kinds = options.bundles.as_deref().unwrap_or(default_kinds());
    let key = signing(sh)?;
    let config = config(options.version.as_deref(), key.as_deref());
    if key.is_none() {
        println!("No {PRIVATE_KEY}: the packages are not signed, and what they install does not update itself.");
    }
    let packages = built(sh, "src-tauri", &["--bundles", kinds, "--config", &config])?;
    for package in &packages {
        marked(sh, package)?;
        let bytes = std::fs::metadata(package).while_doing("looking at a package")?.len();
        let name = package.strip_prefix(crate::root()).unwrap_or(package);
        println!("{:>8.1} MB  {}", megabytes(bytes), name.display());
    }
    Ok(packages)
}

/// Builds the Debian package of the application with nothing in it, as ours is built; answers where it is.
pub(crate) fn empty(sh: &Shell) -> Result<Vec<PathBuf>, Failure> {
    built(sh, "bench/empty", &["--bundles", "deb", "--features", "window"])
}

/// Has Tauri's tool build the application in `directory`; answers everything that was built.
fn built(sh: &Shell, directory: &str, options: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    // What an earlier build left would be taken for this one's.
    sh.remove_path(TARGET)?;
    // Not `.bin/tauri`, which on Windows is a script of another kind.
    let tauri = "ui/node_modules/@tauri-apps/cli/tauri.js";
    // Told where, because it would otherwise build whichever application it finds first.
    let build = cmd!(sh, "node {tauri} build --ci {options...} -- --locked --profile bundle");
    build.env("TAURI_APP_PATH", crate::root().join(directory)).run()?;
    packages(sh)
}

fn default_kinds() -> &'static str {
    if cfg!(target_os = "macos") {
        "app,dmg"
    } else if cfg!(windows) {
        "nsis"
    } else {
        "deb,rpm"
    }
}

/// The public key, if there is a private one to sign with.
fn signing(sh: &Shell) -> Result<Option<String>, Failure> {
    let set = |name| sh.var_os(name).filter(|value| !value.is_empty());
    if set(PRIVATE_KEY).is_none() {
        return Ok(None);
    }
    let public = set(PUBLIC_KEY).and_then(|key| key.into_string().ok());
    public.map(Some).ok_or(Failure::NoPublicKey { private: PRIVATE_KEY, public: PUBLIC_KEY })
}

/// What differs from `tauri.conf.json`.
fn config(version: Option<&str>, public_key: Option<&str>) -> String {
    let mut fields = Vec::new();
    if let Some(version) = version {
        fields.push(format!(r#""version":{version:?}"#));
    }
    if let Some(key) = public_key {
        fields.push(r#""bundle":{"createUpdaterArtifacts":true}"#.to_owned());
        fields.push(format!(r#""plugins":{{"updater":{{"pubkey":{:?}}}}}"#, key.trim()));
    }
    format!("{{{}}}", fields.join(","))
}

/// Everything that was built, signatures included, by name.
fn packages(sh: &Shell) -> Result<Vec<PathBuf>, Failure> {
    const ENDINGS: [&str; 7] = [".deb", ".rpm", ".dmg", ".exe", ".app.tar.gz", ".AppImage", ".sig"];
    let is_package = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    let mut packages = Vec::new();
    for kind in sh.read_dir(TARGET)? {
        packages.extend(sh.read_dir(kind)?.into_iter().filter(is_package));
    }
    packages.sort();
    Ok(packages)
}

/// Looks into a Debian package for the mark by which the updater knows what the application was installed from. It is
/// patched into the program after it was linked, and an application without it would never find an update.
fn marked(sh: &Shell, package: &Path) -> Result<(), Failure> {
    const MARK: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_DEB";
    if package.extension().is_none_or(|ending| ending != "deb") {
        return Ok(());
    }
    let unpacked = sh.create_temp_dir()?;
    let to = unpacked.path();
    cmd!(sh, "dpkg-deb --extract {package} {to}").quiet().run()?;
    let program = std::fs::read(to.join("usr/bin/ringside")).while_doing("reading the packaged program")?;
    let is_marked = program.windows(MARK.len()).any(|bytes| bytes == MARK);
    if is_marked { Ok(()) } else { Err(Failure::NotMarked(package.to_owned())) }
}

fn megabytes(bytes: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a size to be read")]
    let bytes = bytes as f64;
    bytes / 1_000_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_says_what_differs() {
        assert_eq!(config(None, None), "{}");
        assert_eq!(config(Some("0.2.0"), None), r#"{"version":"0.2.0"}"#);
        let signed = config(Some("0.2.0"), Some("abc=\n"));
        assert!(
            signed.contains(r#""createUpdaterArtifacts":true"#) && signed.ends_with(r#""pubkey":"abc="}}}"#),
            "{signed}"
        );
    }
}
