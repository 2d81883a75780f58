//! Tests of the workflows' scripts, run as the workflows run them, in a mock repository. Those of publishing are in
//! `tests/tests/release.rs`, because they need the server.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use xshell::{Shell, cmd};

/// A mock repository with one of the scripts.
struct Repository {
    directory: TempDir,
    sh: Shell,
}

impl Repository {
    fn with(script: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let repository = Self { directory, sh: Shell::new().expect("a shell") };
        let name = format!(".github/scripts/{script}");
        repository.write(&name, &fs::read_to_string(crate::root().join(&name)).expect("a script"));
        repository
    }

    /// A repository at version 0.2.0, with messages in two languages.
    fn at_0_2_0() -> Self {
        let repository = Self::with("version.sh");
        repository.write("Cargo.toml", "[workspace]\nversion = \"9\"\n[workspace.package]\nversion = \"0.2.0\"\n[x]\n");
        repository.write("CHANGELOG.md", "# Changelog\n\n## 0.2.0 - 2026-12-01\n\n## 0.1.0\n");
        repository.write("ui/messages/de.json", "{}");
        repository.write("ui/messages/en.json", "{}");
        repository
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory above it")).expect("writable");
        fs::write(&path, text).expect("writable");
        path
    }

    /// Changes the version.
    fn with_version(self, version: &str) -> Self {
        self.write("Cargo.toml", &format!("[workspace.package]\nversion = \"{version}\"\n"));
        self
    }

    /// Adds release notes for version 0.2.0 in both languages.
    fn with_notes(self) -> Self {
        self.write("docs/releases/0.2.0/en.md", "It is faster.\n");
        self.write("docs/releases/0.2.0/de.md", "Es ist schneller.\n");
        self
    }

    /// The output of the script `version.sh` for an event of the workflow, or its error.
    fn version(&self, event: &str, tag: &str, wanted: &str) -> Result<String, String> {
        let (script, output) = (self.directory.path().join(".github/scripts/version.sh"), self.write("output", ""));
        let run = cmd!(self.sh, "bash {script}").env("GITHUB_EVENT_NAME", event).env("GITHUB_REF_NAME", tag);
        let run =
            run.env("WANTED", wanted).env("GITHUB_OUTPUT", &output).quiet().ignore_status().output().expect("bash");
        let printed = String::from_utf8_lossy(&run.stdout).trim().to_owned();
        if run.status.success() { Ok(fs::read_to_string(output).expect("a text")) } else { Err(printed) }
    }

    fn tagged(&self, tag: &str) -> Result<String, String> {
        self.version("push", tag, "")
    }
}

#[test]
fn a_tag_must_be_the_version_of_the_workspace_and_determines_the_channel() {
    let repository = Repository::at_0_2_0().with_notes();
    assert_eq!(repository.tagged("v0.2.0").as_deref(), Ok("version=0.2.0\nchannel=stable\n"));
    for tag in ["v0.2.1", "0.2.0", "v0.2.0-beta.1", "v0.2", "v00.2.0", "v"] {
        let refused = repository.tagged(tag).expect_err(tag);
        assert_eq!(refused, format!("::error::the tag is {tag}, the workspace's version 0.2.0"));
    }
    let beta = Repository::at_0_2_0().with_version("0.2.0-beta.1");
    assert_eq!(beta.tagged("v0.2.0-beta.1").as_deref(), Ok("version=0.2.0-beta.1\nchannel=beta\n"), "without notes");
    for version in ["0.2", "0.2.0+build", "0.02.0", "0.2.0-", "0.2.0-a..b", "1.2.3.4", "0.2.0 "] {
        let refused = Repository::at_0_2_0().with_version(version).tagged(&format!("v{version}"));
        assert_eq!(refused, Err(format!("::error::no version: {version}").trim().to_owned()));
    }
}

#[test]
fn a_stable_version_needs_release_notes_in_every_language() {
    let repository = Repository::at_0_2_0();
    repository.write("docs/releases/0.2.0/en.md", "It is faster.\n");
    let refused = repository.tagged("v0.2.0").expect_err("German is missing");
    assert!(refused.contains("docs/releases/0.2.0/de.md is missing"), "{refused}");
    repository.write("docs/releases/0.2.0/de.md", " \n");
    assert!(repository.tagged("v0.2.0").is_err(), "the German notes are empty");
    assert!(repository.with_notes().tagged("v0.2.0").is_ok());
}

#[test]
fn a_stable_version_needs_a_heading_in_the_changelog() {
    let repository = Repository::at_0_2_0().with_notes();
    for text in ["## Unreleased\n", "## 0.2.00\n", "## 10.2.0\n", "see 0.2.0\n", "## 0x2.0\n"] {
        repository.write("CHANGELOG.md", text);
        let refused = repository.tagged("v0.2.0").expect_err(text);
        assert_eq!(refused, "::error::a stable release has a heading of its own in CHANGELOG.md: ## 0.2.0");
    }
    repository.write("CHANGELOG.md", "## Unreleased\n\n## 0.2.0\n");
    assert!(repository.tagged("v0.2.0").is_ok());
}

#[test]
fn a_manual_run_may_use_any_version() {
    let repository = Repository::at_0_2_0();
    let manual_run = |wanted| repository.version("workflow_dispatch", "main", wanted);
    assert_eq!(manual_run("").as_deref(), Ok("version=0.2.0\nchannel=stable\n"));
    assert_eq!(manual_run("1.0.0-rc.1").as_deref(), Ok("version=1.0.0-rc.1\nchannel=beta\n"));
    assert_eq!(manual_run("1.0; ls"), Err("::error::no version: 1.0; ls".to_owned()));
}

#[test]
fn rollout_and_required_version_are_validated_before_anything_is_built() {
    let repository = Repository::at_0_2_0().with_notes();
    for (file, good, bad) in [
        ("rollout", ["0\n", "7", "100\n"], ["", "101", "-1", "010", "ten", "10 %"]),
        ("requires", ["0.1.5\n", "0.1.0-beta.2", "0.0.1"], ["", "0.1", "v0.1.5", "^0.1.5", "none", "0.1.5 0.1.6"]),
    ] {
        let file = format!("docs/releases/0.2.0/{file}");
        for text in good {
            repository.write(&file, text);
            assert!(repository.tagged("v0.2.0").is_ok(), "{file}: {text:?}");
        }
        for text in bad {
            repository.write(&file, text);
            let refused = repository.tagged("v0.2.0").expect_err(text);
            assert!(refused.starts_with(&format!("::error::{file} says ")), "{refused}");
        }
        fs::remove_file(repository.directory.path().join(file)).expect("it is there");
    }
}

/// A mock of `cargo xtask bundle`: writes the files of every system, and logs the keys it got.
const MOCK_CARGO: &str = r#"#!/usr/bin/env bash
echo "$* private=${TAURI_SIGNING_PRIVATE_KEY-none} public=${RINGSIDE_UPDATE_PUBLIC_KEY-none}" > call
for file in deb/R_1_amd64.deb deb/R_1_amd64/data.tar.gz rpm/R-1-1.x86_64.rpm rpm/R-1-1.x86_64.rpm.sig \
    appimage/R_1_amd64.AppImage appimage/R_1_amd64.AppImage.sig appimage/R.AppDir/R.png dmg/R_1_x64.dmg \
    nsis/R_1_x64-setup.exe macos/Ringside.app.tar.gz macos/Ringside.app.tar.gz.sig share/create-dmg/x.applescript; do
    mkdir -p "target/bundle/bundle/$(dirname "$file")"
    echo "$file" > "target/bundle/bundle/$file"
done
"#;

#[test]
fn every_package_is_collected_with_its_signature_and_the_private_key_is_not_passed_to_the_build() {
    let repository = Repository::with("bundle.sh");
    let (sh, here) = (&repository.sh, repository.directory.path());
    let (mock, cargo) = (repository.write("mock", MOCK_CARGO), here.join("bin/cargo"));
    cmd!(sh, "install -D {mock} {cargo}").quiet().run().expect("the directory allows programs");
    let path = format!("{}:{}", here.join("bin").display(), std::env::var("PATH").expect("there is one"));
    let script = here.join(".github/scripts/bundle.sh");
    let run =
        cmd!(sh, "bash {script}").env("PATH", path).env("VERSION", "1.0.0").env("RINGSIDE_UPDATE_PUBLIC_KEY", "ours");
    let run = run.env("TAURI_SIGNING_PRIVATE_KEY", "secret").env("TAURI_SIGNING_PRIVATE_KEY_PASSWORD", "secret");
    run.quiet().ignore_stdout().run().expect("it bundles");
    let call = fs::read_to_string(here.join("call")).expect("a text");
    assert_eq!(call, "xtask bundle --version 1.0.0 private=none public=ours\n");
    let arch = if std::env::consts::ARCH == "x86_64" { "x64" } else { std::env::consts::ARCH };
    let app = format!("Ringside_{arch}.app.tar.gz");
    let app_sig = format!("{app}.sig");
    let expected = ["R-1-1.x86_64.rpm", "R-1-1.x86_64.rpm.sig", "R_1_amd64.AppImage", "R_1_amd64.AppImage.sig"];
    let expected = expected.into_iter().chain(["R_1_amd64.deb", "R_1_x64-setup.exe", "R_1_x64.dmg", &app, &app_sig]);
    assert_eq!(names(&here.join("packages")), expected.map(str::to_owned).collect());
}

#[test]
fn release_notes_exist_in_every_language_or_in_none() {
    let languages = fs::read_dir(crate::root().join("ui/messages")).expect("there are messages");
    let languages = languages.flatten().map(|entry| entry.path());
    let all: BTreeSet<String> = languages
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .filter_map(|path| Some(format!("{}.md", path.file_stem()?.to_str()?)))
        .collect();
    assert!(all.contains("en.md"), "{all:?}");
    for release in fs::read_dir(crate::root().join("docs/releases")).expect("there is a first one").flatten() {
        let (notes, other): (BTreeSet<String>, BTreeSet<String>) =
            names(&release.path()).into_iter().partition(|name| name.contains('.'));
        assert!(notes.is_empty() || notes == all, "{}: {notes:?}", release.path().display());
        assert!(other.iter().all(|name| name == "rollout" || name == "requires"), "{other:?}");
    }
}

fn names(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).expect("a directory").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
