//! `cargo xtask bundle`: this system's installers, built to be small.
//!
//! What can be built depends on the system: `.deb`, `.rpm` and, where its tools can be fetched, `AppImage` here, `.app` and
//! `.dmg` on macOS, NSIS on Windows. With the public key the application updates itself; with the private one beside it, each
//! package that the updater can install gets a signature. What is missing is said.

mod appimage;
mod contents;

use std::path::PathBuf;

use clap::Args;
use xshell::{Shell, cmd};

pub(crate) use self::contents::Wrong;
use crate::failure::{Failure, While};
use crate::{licences, setup, step};

/// The private key packages are signed with: its text or its file, as Tauri's own tool takes it.
pub(crate) const PRIVATE_KEY: &str = "TAURI_SIGNING_PRIVATE_KEY";
/// The public key of it, which goes into the application: packages signed otherwise are refused.
pub(crate) const PUBLIC_KEY: &str = "RINGSIDE_UPDATE_PUBLIC_KEY";

/// Where Tauri's tool puts what it builds.
const TARGET: &str = "target/bundle/bundle";
/// Windows' program, as it was linked.
const PROGRAM: &str = "target/bundle/ringside.exe";
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
    setup::bundling(sh)?;
    step::npm(sh, "build")?;
    licences::write_text(sh)?;
    let kinds = options.bundles.clone().map_or_else(|| default_kinds(sh), Ok)?;
    let keys = Keys::given(sh)?;
    keys.say_what_lacks();
    let config = config(options.version.as_deref(), &keys);
    let packages = built(sh, "src-tauri", &["--bundles", &kinds, "--config", &config])?;
    if cfg!(windows) {
        contents::look_at(&crate::root().join(PROGRAM))?;
    }
    for package in &packages {
        contents::look_into(sh, package)?;
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

/// Every kind this system can build, with what an `AppImage` is made of brought in.
fn default_kinds(sh: &Shell) -> Result<String, Failure> {
    let kinds = if cfg!(target_os = "macos") {
        "app,dmg"
    } else if cfg!(windows) {
        "nsis"
    } else if appimage::is_in_reach(sh) {
        setup::appimages(sh)?;
        "deb,rpm,appimage"
    } else {
        println!("No AppImage: what Tauri's tool makes one with can't be fetched from github.com at the moment.");
        "deb,rpm"
    };
    Ok(kinds.to_owned())
}

/// What the application verifies its updates with, and whether there is something to sign them with.
#[derive(Debug)]
struct Keys {
    public: Option<String>,
    signs: bool,
}

impl Keys {
    /// The keys that are set. A private one alone is a mistake: nothing would ever take what it signs.
    fn given(sh: &Shell) -> Result<Self, Failure> {
        let set = |name| sh.var_os(name).filter(|value| !value.is_empty());
        let public = set(PUBLIC_KEY).and_then(|key| key.into_string().ok());
        let signs = set(PRIVATE_KEY).is_some();
        if signs && public.is_none() {
            return Err(Failure::NoPublicKey { private: PRIVATE_KEY, public: PUBLIC_KEY });
        }
        Ok(Self { public, signs })
    }

    fn say_what_lacks(&self) {
        if self.public.is_none() {
            println!("No {PUBLIC_KEY}: the packages are not signed, and what they install does not update itself.");
        } else if !self.signs {
            println!(
                "No {PRIVATE_KEY}: the packages are not signed; no installation takes them as an update as they are."
            );
        }
    }
}

/// What differs from `tauri.conf.json`.
fn config(version: Option<&str>, keys: &Keys) -> String {
    let mut fields = Vec::new();
    if let Some(version) = version {
        fields.push(format!(r#""version":{version:?}"#));
    }
    if keys.signs {
        fields.push(r#""bundle":{"createUpdaterArtifacts":true}"#.to_owned());
    }
    if let Some(key) = &keys.public {
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

fn megabytes(bytes: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a size to be read")]
    let bytes = bytes as f64;
    bytes / 1_000_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config_of(version: Option<&str>, public: Option<&str>, signs: bool) -> String {
        config(version, &Keys { public: public.map(str::to_owned), signs })
    }

    #[test]
    fn the_configuration_says_what_differs() {
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
        assert!(matches!(Keys::given(&sh), Err(Failure::NoPublicKey { .. })));
        sh.set_var(PUBLIC_KEY, "public");
        assert!(Keys::given(&sh).is_ok_and(|keys| keys.signs && keys.public.as_deref() == Some("public")));
        sh.set_var(PRIVATE_KEY, "");
        assert!(
            Keys::given(&sh).is_ok_and(|keys| !keys.signs && keys.public.is_some()),
            "they may be signed elsewhere"
        );
    }

    #[test]
    fn an_appimage_brings_along_what_a_debian_package_does_and_every_file_named_is_there() {
        let text = std::fs::read_to_string(crate::root().join("src-tauri/tauri.conf.json")).expect("a text");
        let config: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let linux = &config["bundle"]["linux"];
        assert_eq!(linux["appimage"]["files"], linux["deb"]["files"]);
        for kind in ["deb", "rpm"] {
            let template = linux[kind]["desktopTemplate"].as_str().expect("a path");
            // From where Tauri's tool looks.
            assert!(crate::root().join("src-tauri").join(template).is_file(), "{template}");
        }
    }

    #[test]
    fn the_licence_is_the_same_wherever_it_is_said() {
        let read = |path: &str| std::fs::read_to_string(crate::root().join(path)).expect("a text");
        let manifest = read("Cargo.toml");
        let workspace =
            manifest.split("[workspace.package]").nth(1).expect("the workspace says what its packages share");
        let licence = workspace.lines().find_map(|line| line.strip_prefix("license = ")).expect("it says the licence");
        let config: serde_json::Value = serde_json::from_str(&read("src-tauri/tauri.conf.json")).expect("JSON");
        let windows: serde_json::Value = serde_json::from_str(&read("ui/package.json")).expect("JSON");
        for said in [&config["bundle"]["license"], &windows["license"]] {
            assert_eq!(said, licence.trim_matches('"'));
        }
    }
}
