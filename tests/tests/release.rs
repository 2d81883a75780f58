//! Publishing a release to the server as the workflow does: with its scripts in a mock repository, on the real server.
//! The artefacts are fake, their signatures are real.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use system_tests::{Failure, Server, program_path};
use tempfile::TempDir;

/// A mock of ssh: commands for the server run locally.
const MOCK_SSH: &str = "#!/bin/sh\nfor command do :; done\nexec sh -c \"$command\"\n";

/// The key pair that signs and verifies an artefact.
struct Key {
    private: String,
    public: String,
}

impl Key {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("key");
        let mut tauri = Command::new(repository().join("ui/node_modules/.bin/tauri"));
        tauri.args(["signer", "generate", "--ci", "--password=", "--write-keys"]).arg(&file);
        stdout_of(tauri.output().expect("it is installed"));
        let read = |file: PathBuf| std::fs::read_to_string(file).expect("a key");
        Self { public: read(file.with_extension("pub")), private: read(file) }
    }
}

/// This repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("this crate lives in the repository")
}

/// The output of a program, which must have succeeded.
fn stdout_of(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("a text")
}

/// The workflow's directory: its scripts, the files to publish, and the release's description.
struct Workflow {
    directory: TempDir,
    data: PathBuf,
}

impl Workflow {
    /// A workflow that publishes into a server's data directory.
    fn new(data: &Path) -> Self {
        let workflow = Self { directory: tempfile::tempdir().expect("a directory"), data: data.to_owned() };
        for script in ["publish.sh", "on-server.sh", "sign.sh"] {
            let name = format!(".github/scripts/{script}");
            workflow.write(&name, &std::fs::read_to_string(repository().join(&name)).expect("a script"));
        }
        workflow.write("mock", MOCK_SSH);
        for directory in ["bin", "ui"] {
            std::fs::create_dir(workflow.at(directory)).expect("writable");
        }
        // Written by a separate process: a file written by this one may still be open in another test's child.
        stdout_of(
            Command::new("install").args([workflow.at("mock"), workflow.at("bin/ssh")]).output().expect("coreutils"),
        );
        let link = |from: &Path, to| std::os::unix::fs::symlink(from, workflow.at(to)).expect("writable");
        link(&program_path("ringside-api").expect("it is built"), "bin/ringside-api");
        link(&repository().join("ui/node_modules"), "ui/node_modules");
        workflow
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().expect("a directory above it")).expect("writable");
        std::fs::write(path, text).expect("writable");
    }

    /// Builds only a Debian package of this version, signed by the workflow's own script.
    fn build(&self, version: &str, key: &Key) {
        std::fs::remove_dir_all(self.at("release")).ok();
        self.write(&format!("release/Ringside_{version}_amd64.deb"), version);
        let mut sign = Command::new("bash");
        sign.arg(self.at(".github/scripts/sign.sh")).arg(self.at("release")).env("VERSION", version);
        sign.env("TAURI_SIGNING_PRIVATE_KEY", &key.private).env("RINGSIDE_UPDATE_PUBLIC_KEY", &key.public);
        stdout_of(sign.output().expect("bash"));
        let sums = ["-c", "sha256sum -- * > ../sums && mv ../sums SHA256SUMS"];
        stdout_of(Command::new("sh").args(sums).current_dir(self.at("release")).output().expect("coreutils"));
    }

    /// Publishes it, with these environment `variables`.
    fn publish(&self, version: &str, variables: &[(&str, &str)]) -> Output {
        let channel = if version.contains('-') { "beta" } else { "stable" };
        let path = format!("{}:{}", self.at("bin").display(), std::env::var("PATH").expect("there is one"));
        let mut publish = Command::new("bash");
        publish.arg(self.at(".github/scripts/publish.sh")).env("PATH", path).env("RINGSIDE_DATA_DIR", &self.data);
        publish.env("VERSION", version).env("CHANNEL", channel);
        for name in ["RINGSIDE_SSH_KEY", "RINGSIDE_SSH_HOST", "RINGSIDE_SSH_KNOWN_HOSTS"] {
            publish.env(name, "the mock's");
        }
        publish.envs(variables.iter().copied()).output().expect("bash")
    }

    /// Runs the server's program as an operator would, on the same data.
    fn run_release(&self, command: &str) -> String {
        stdout_of(self.try_release(command))
    }

    /// Runs the server's program, which may fail, in the workflow's directory.
    fn try_release(&self, command: &str) -> Output {
        let mut program = Command::new(self.at("bin/ringside-api"));
        program.arg("release").args(command.split(' ')).env("RINGSIDE_DATA_DIR", &self.data);
        program.current_dir(self.directory.path()).output().expect("it is built")
    }
}

/// The update offered to an installation of `current`, in `bucket` if given.
async fn offered_update(server: &Server, channel: &str, current: &str, bucket: Option<&str>) -> Option<Value> {
    let address = format!("{}/v1/updates/{channel}/linux/x86_64/deb/{current}", server.url());
    let mut request = reqwest::Client::new().get(address);
    if let Some(bucket) = bucket {
        request = request.header("Ringside-Rollout-Bucket", bucket);
    }
    let answer = request.send().await.expect("it answers");
    if answer.status() == 204 { None } else { Some(answer.json().await.expect("a manifest")) }
}

#[tokio::test]
async fn a_stable_version_is_rolled_out_as_the_operator_decides() -> Result<(), Failure> {
    let (server, key) = (Server::start()?, Key::new());
    let workflow = Workflow::new(server.data());
    workflow.build("0.2.0", &key);
    workflow.write("docs/releases/0.2.0/en.md", "It is faster.\nAnd \"quieter\".\n");
    workflow.write("docs/releases/0.2.0/de.md", "Es ist schneller.\n");
    let publish = || stdout_of(workflow.publish("0.2.0", &[("RINGSIDE_UPDATE_PUBLIC_KEY", &key.public)]));
    let expected = "published 0.2.0 on stable for linux-x86_64-deb: offered to 10 % of the installations\n";
    assert_eq!(publish(), expected);
    assert_eq!(offered_update(&server, "stable", "0.1.0", Some("10")).await, None);
    let manifest = offered_update(&server, "stable", "0.1.0", Some("9")).await.expect("it is in the rollout");
    assert_eq!(
        (&manifest["version"], &manifest["notes"]),
        (&"0.2.0".into(), &"It is faster.\nAnd \"quieter\".".into())
    );

    let which = "--channel stable --version 0.2.0";
    let raised = workflow.run_release(&format!("rollout {which} --percent 50"));
    assert_eq!(raised, "0.2.0 on stable: offered to 50 % of the installations\n");
    // A repeated job does not reset the rollout.
    assert!(publish().starts_with("0.2.0 was on stable already, offered to 50 % of the installations"));
    assert!(offered_update(&server, "stable", "0.1.0", Some("49")).await.is_some());
    assert!(workflow.run_release(&format!("halt {which}")).starts_with("0.2.0 on stable: halted"));
    assert_eq!(offered_update(&server, "stable", "0.1.0", Some("9")).await, None);
    assert!(publish().contains("halted"), "publishing again resumes nothing");
    assert_eq!(workflow.run_release(&format!("resume {which}")), raised);
    let listed = workflow.run_release("list");
    assert!(
        listed.starts_with("stable 0.2.0, ")
            && listed.ends_with(": offered to 50 % of the installations; linux-x86_64-deb\n")
    );
    Ok(())
}

#[tokio::test]
async fn a_beta_version_needs_no_notes_and_is_offered_to_everybody_on_the_beta_channel() -> Result<(), Failure> {
    let (server, key) = (Server::start()?, Key::new());
    let workflow = Workflow::new(server.data());
    workflow.build("0.2.0-beta.1", &key);
    let printed = stdout_of(workflow.publish("0.2.0-beta.1", &[("RINGSIDE_UPDATE_PUBLIC_KEY", &key.public)]));
    assert!(printed.ends_with(": offered to 100 % of the installations\n"), "{printed}");
    let manifest = offered_update(&server, "beta", "0.1.0", None).await.expect("it is for everybody there");
    assert_eq!(manifest["notes"], "A version to try out.");
    assert_eq!(offered_update(&server, "stable", "0.1.0", None).await, None);
    Ok(())
}

#[tokio::test]
async fn the_update_key_is_changed_by_a_release_with_the_old_signature_that_later_ones_require() -> Result<(), Failure>
{
    let (server, old, new) = (Server::start()?, Key::new(), Key::new());
    let workflow = Workflow::new(server.data());
    for version in ["0.2.0", "0.3.0"] {
        workflow.write(&format!("docs/releases/{version}/en.md"), "It is safer.\n");
        workflow.write(&format!("docs/releases/{version}/rollout"), "100\n");
    }
    workflow.write("docs/releases/0.3.0/requires", "0.2.0\n");
    let embedded = ("RINGSIDE_UPDATE_PUBLIC_KEY", new.public.as_str());
    workflow.build("0.2.0", &old);
    let refused = workflow.publish("0.2.0", &[embedded]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("does not belong to"));
    let printed = stdout_of(workflow.publish("0.2.0", &[embedded, ("RINGSIDE_UPDATE_VERIFY_KEY", &old.public)]));
    assert!(printed.ends_with(": offered to 100 % of the installations\n"), "{printed}");

    workflow.build("0.3.0", &new);
    // In a workflow, an unset variable is an empty one.
    stdout_of(workflow.publish("0.3.0", &[embedded, ("RINGSIDE_UPDATE_VERIFY_KEY", "")]));
    assert!(
        workflow.run_release("list").contains("stable 0.3.0, ")
            && workflow.run_release("list").contains(" from 0.2.0 on;")
    );
    for (current, next) in [("0.1.0", "0.2.0"), ("0.2.0", "0.3.0")] {
        let manifest = offered_update(&server, "stable", current, None).await.expect("there is one it may take");
        assert_eq!(manifest["version"], next, "to {current}");
    }
    Ok(())
}

#[test]
fn invalid_releases_are_refused_and_missing_settings_skip_publishing() {
    let (data, key) = (tempfile::tempdir().expect("a directory"), Key::new());
    let workflow = Workflow::new(data.path());
    workflow.build("0.2.0-beta.1", &key);
    let public = ("RINGSIDE_UPDATE_PUBLIC_KEY", key.public.as_str());
    for (file, text, expected) in
        [("rollout", "many", "a percentage is 0 to 100"), ("requires", "0.2.0", "can't require 0.2.0")]
    {
        let name = format!("docs/releases/0.2.0-beta.1/{file}");
        workflow.write(&name, text);
        let refused = workflow.publish("0.2.0-beta.1", &[public]);
        let printed = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && printed.contains(expected), "{printed}");
        std::fs::remove_file(workflow.at(&name)).expect("it is there");
    }
    let unset = workflow.publish("0.2.0-beta.1", &[public, ("RINGSIDE_SSH_KEY", "")]);
    assert!(stdout_of(unset).starts_with("::warning title=Not published::RINGSIDE_SSH_KEY is not set"));
    assert_eq!(std::fs::read_dir(data.path()).expect("it is there").count(), 0, "no database was created");
    // A file that was changed in transit.
    workflow.write("release/Ringside_0.2.0-beta.1_amd64.deb", "something else");
    assert!(!workflow.publish("0.2.0-beta.1", &[public]).status.success());
}

#[test]
fn a_package_with_a_wrong_signature_is_published_only_as_unverified() {
    let (data, key) = (tempfile::tempdir().expect("a directory"), Key::new());
    let workflow = Workflow::new(data.path());
    workflow.build("0.2.0", &key);
    workflow.write("update.pub", &key.public);
    workflow.write("release/Ringside_0.2.0_amd64.deb", "something else");
    let publish = |verification: &str| {
        let files = "release/Ringside_0.2.0_amd64.deb release/Ringside_0.2.0_amd64.deb.sig";
        workflow.try_release(&format!("publish --channel stable --version 0.2.0 --notes new {verification} {files}"))
    };
    let refused = publish("--public-key update.pub");
    let printed = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && printed.contains("does not belong to the file and the public key"),
        "{printed}"
    );
    let published = publish("--unverified");
    let warned = String::from_utf8_lossy(&published.stderr);
    assert!(warned.contains("ringside-api: warning: nothing was verified"), "{warned}");
    assert!(stdout_of(published.clone()).starts_with("published 0.2.0 on stable for linux-x86_64-deb"));
}
