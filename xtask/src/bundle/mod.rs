//! `cargo xtask bundle`: this system's installers, built to be small.
//!
//! What can be built depends on the system: `.deb`, `.rpm` and, where its tools can be downloaded, `AppImage` on Linux;
//! `.app` and `.dmg` on macOS; NSIS on Windows. With the public key, the application updates itself. With the private key
//! as well, each package that the updater can install gets a signature. A missing key is reported.

mod appimage;
mod contents;

use std::path::PathBuf;

use clap::Args;
use xshell::{Shell, cmd};

use crate::failure::{Failure, IoContext};
use crate::{licences, setup, step};

/// The private key that packages are signed with: its text or its file, as Tauri's tool accepts it.
pub(crate) const PRIVATE_KEY: &str = "TAURI_SIGNING_PRIVATE_KEY";
/// The public key, which is built into the application: packages with another signature are refused.
pub(crate) const PUBLIC_KEY: &str = "RINGSIDE_UPDATE_PUBLIC_KEY";

/// Where Tauri's tool puts what it builds.
const TARGET: &str = "target/bundle/bundle";
/// Windows' program.
const WINDOWS_PROGRAM: &str = "target/bundle/ringside.exe";

/// How installers are built.
#[derive(Args)]
pub(crate) struct Options {
    /// A version other than the workspace's
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// The kinds of packages, such as deb,rpm [default: what this system can build]
    #[arg(long, value_name = "KINDS")]
    pub(crate) bundles: Option<String>,
}

/// Builds them; returns their files, with those of the signatures.
pub(crate) fn bundle(sh: &Shell, options: &Options) -> Result<Vec<PathBuf>, Failure> {
    setup::bundle(sh)?;
    step::npm(sh, "build")?;
    licences::write_text(sh)?;
    let kinds = options.bundles.clone().map_or_else(|| default_kinds(sh), Ok)?;
    let keys = Keys::from_env(sh)?;
    keys.report_missing();
    let config = config(options.version.as_deref(), &keys);
    let packages = tauri_build(sh, "src-tauri", &["--bundles", &kinds, "--config", &config])?;
    if cfg!(windows) {
        contents::verify_program(&crate::root().join(WINDOWS_PROGRAM))?;
    }
    for package in &packages {
        contents::verify_package(sh, package)?;
        let bytes = std::fs::metadata(package).context("reading the size of a package")?.len();
        let name = package.strip_prefix(crate::root()).unwrap_or(package);
        println!("{:>8.1} MB  {}", megabytes(bytes), name.display());
    }
    Ok(packages)
}

/// Builds the Debian package of the empty application as ours is built; returns its file.
pub(crate) fn empty_application(sh: &Shell) -> Result<Vec<PathBuf>, Failure> {
    tauri_build(sh, "bench/empty", &["--bundles", "deb", "--features", "window"])
}

/// Builds the application in `directory` with Tauri's tool; returns everything that was built.
fn tauri_build(sh: &Shell, directory: &str, options: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    // Packages of an earlier build would be returned as well.
    sh.remove_path(TARGET)?;
    // Not `.bin/tauri`, which on Windows is another kind of script.
    let tauri = "ui/node_modules/@tauri-apps/cli/tauri.js";
    // Without this path it would build the first application it finds.
    let build = cmd!(sh, "node {tauri} build --ci {options...} -- --locked --profile bundle");
    build.env("TAURI_APP_PATH", crate::root().join(directory)).run()?;
    packages(sh)
}

/// Every kind of package this system can build. Installs what an `AppImage` is made with.
fn default_kinds(sh: &Shell) -> Result<String, Failure> {
    let kinds = if cfg!(target_os = "macos") {
        "app,dmg"
    } else if cfg!(windows) {
        "nsis"
    } else if appimage::can_be_built(sh) {
        setup::appimage(sh)?;
        "deb,rpm,appimage"
    } else {
        println!("No AppImage: the tools that make one can't be downloaded from github.com now.");
        "deb,rpm"
    };
    Ok(kinds.to_owned())
}

/// The key that the application verifies its updates with, and whether there is one to sign them.
#[derive(Debug)]
struct Keys {
    public: Option<String>,
    has_private: bool,
}

impl Keys {
    /// The keys in the environment. A private key alone is refused: no application would accept its signatures.
    fn from_env(sh: &Shell) -> Result<Self, Failure> {
        let set = |name| sh.var_os(name).filter(|value| !value.is_empty());
        let public = set(PUBLIC_KEY).and_then(|key| key.into_string().ok());
        let has_private = set(PRIVATE_KEY).is_some();
        if has_private && public.is_none() {
            return Err(Failure::NoPublicKey { private: PRIVATE_KEY, public: PUBLIC_KEY });
        }
        Ok(Self { public, has_private })
    }

    fn report_missing(&self) {
        if self.public.is_none() {
            println!(
                "No {PUBLIC_KEY}: the packages are not signed, and the installed application does not update itself."
            );
        } else if !self.has_private {
            println!("No {PRIVATE_KEY}: the packages are not signed, so no installation accepts them as an update.");
        }
    }
}

/// The differences from `tauri.conf.json`.
fn config(version: Option<&str>, keys: &Keys) -> String {
    let mut fields = Vec::new();
    if let Some(version) = version {
        fields.push(format!(r#""version":{version:?}"#));
    }
    if keys.has_private {
        fields.push(r#""bundle":{"createUpdaterArtifacts":true}"#.to_owned());
    }
    if let Some(key) = &keys.public {
        fields.push(format!(r#""plugins":{{"updater":{{"pubkey":{:?}}}}}"#, key.trim()));
    }
    format!("{{{}}}", fields.join(","))
}

/// Everything that was built, with signatures, sorted by path.
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

fn megabytes(bytes: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a size to be read")]
    let bytes = bytes as f64;
    bytes / 1_000_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config_of(version: Option<&str>, public: Option<&str>, has_private: bool) -> String {
        config(version, &Keys { public: public.map(str::to_owned), has_private })
    }

    #[test]
    fn the_configuration_contains_only_differences() {
        assert_eq!(config_of(None, None, false), "{}");
        assert_eq!(config_of(Some("0.2.0"), None, false), r#"{"version":"0.2.0"}"#);
        let embedded = r#""plugins":{"updater":{"pubkey":"abc="}}"#;
        assert_eq!(config_of(None, Some("abc=\n"), false), format!("{{{embedded}}}"));
        let signed = config_of(Some("0.2.0"), Some("abc=\n"), true);
        let artefacts = r#""bundle":{"createUpdaterArtifacts":true}"#;
        assert_eq!(signed, format!(r#"{{"version":"0.2.0",{artefacts},{embedded}}}"#));
    }

    #[test]
    fn a_private_key_alone_is_refused() {
        let sh = Shell::new().expect("a shell");
        sh.set_var(PRIVATE_KEY, "secret");
        sh.set_var(PUBLIC_KEY, "");
        assert!(matches!(Keys::from_env(&sh), Err(Failure::NoPublicKey { .. })));
        sh.set_var(PUBLIC_KEY, "public");
        assert!(Keys::from_env(&sh).is_ok_and(|keys| keys.has_private && keys.public.as_deref() == Some("public")));
        sh.set_var(PRIVATE_KEY, "");
        assert!(
            Keys::from_env(&sh).is_ok_and(|keys| !keys.has_private && keys.public.is_some()),
            "the packages may be signed elsewhere"
        );
    }

    #[test]
    fn an_appimage_has_the_same_files_as_a_debian_package_and_the_templates_exist() {
        let text = std::fs::read_to_string(crate::root().join("src-tauri/tauri.conf.json")).expect("a text");
        let config: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let linux = &config["bundle"]["linux"];
        assert_eq!(linux["appimage"]["files"], linux["deb"]["files"]);
        for kind in ["deb", "rpm"] {
            let template = linux[kind]["desktopTemplate"].as_str().expect("a path");
            // Relative to this directory.
            assert!(crate::root().join("src-tauri").join(template).is_file(), "{template}");
        }
    }

    #[test]
    fn every_manifest_names_the_same_licence() {
        let read = |path: &str| std::fs::read_to_string(crate::root().join(path)).expect("a text");
        let manifest = read("Cargo.toml");
        let workspace = manifest.split("[workspace.package]").nth(1).expect("the workspace has shared package fields");
        let licence =
            workspace.lines().find_map(|line| line.strip_prefix("license = ")).expect("the licence is one of them");
        let config: serde_json::Value = serde_json::from_str(&read("src-tauri/tauri.conf.json")).expect("JSON");
        let windows: serde_json::Value = serde_json::from_str(&read("ui/package.json")).expect("JSON");
        for named in [&config["bundle"]["license"], &windows["license"]] {
            assert_eq!(named, licence.trim_matches('"'));
        }
    }
}
