//! Publishing a release to the server as the workflow does: its own scripts in a mock repository, and the real server.
//! Artefacts are fake, but really signed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use system_tests::{Failure, Server, ours};
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
        done(tauri.output().expect("it is installed"));
        let read = |file: PathBuf| std::fs::read_to_string(file).expect("a key");
        Self { public: read(file.with_extension("pub")), private: read(file) }
    }
}

/// This repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("this crate lives in the repository")
}

/// The output of a program, which must have succeeded.
fn done(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("a text")
}

/// The workflow's directory: its scripts, the files to publish, and the release's description.
struct Workflow {
    place: TempDir,
    data: PathBuf,
}

impl Workflow {
    /// One that publishes into a server's data.
    fn on(data: &Path) -> Self {
        let workflow = Self { place: tempfile::tempdir().expect("a directory"), data: data.to_owned() };
        for script in ["publish.sh", "on-server.sh", "sign.sh"] {
            let name = format!(".github/scripts/{script}");
            workflow.write(&name, &std::fs::read_to_string(repository().join(&name)).expect("a script"));
        }
        workflow.write("mock", MOCK_SSH);
        for directory in ["bin", "ui"] {
            std::fs::create_dir(workflow.at(directory)).expect("writable");
        }
        // Written by a separate process: a file written by this one may still be open in another test's child.
        done(Command::new("install").args([workflow.at("mock"), workflow.at("bin/ssh")]).output().expect("coreutils"));
        let linked = |from: &Path, to| std::os::unix::fs::symlink(from, workflow.at(to)).expect("writable");
        linked(&ours("ringside-api").expect("it is built"), "bin/ringside-api");
        linked(&repository().join("ui/node_modules"), "ui/node_modules");
        workflow
    }

    fn at(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().expect("a directory above it")).expect("writable");
        std::fs::write(path, text).expect("writable");
    }

    /// Builds only a Debian package of this version, signed by the workflow's own script.
    fn builds(&self, version: &str, key: &Key) {
        std::fs::remove_dir_all(self.at("release")).ok();
        self.write(&format!("release/Ringside_{version}_amd64.deb"), version);
        let mut sign = Command::new("bash");
        sign.arg(self.at(".github/scripts/sign.sh")).arg(self.at("release")).env("VERSION", version);
        sign.env("TAURI_SIGNING_PRIVATE_KEY", &key.private).env("RINGSIDE_UPDATE_PUBLIC_KEY", &key.public);
        done(sign.output().expect("bash"));
        let sums = ["-c", "sha256sum -- * > ../sums && mv ../sums SHA256SUMS"];
        done(Command::new("sh").args(sums).current_dir(self.at("release")).output().expect("coreutils"));
    }

    /// Publishes it, with these environment `variables`.
    fn publishes(&self, version: &str, variables: &[(&str, &str)]) -> Output {
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
    fn operator(&self, command: &str) -> String {
        done(self.tries(command))
    }

    /// The same, but it may fail. Files are those of the workflow.
    fn tries(&self, command: &str) -> Output {
        let mut program = Command::new(self.at("bin/ringside-api"));
        program.arg("release").args(command.split(' ')).env("RINGSIDE_DATA_DIR", &self.data);
        program.current_dir(self.place.path()).output().expect("it is built")
    }
}

/// The update offered to an installation of `current`, in `bucket` if given.
async fn offered(server: &Server, channel: &str, current: &str, bucket: Option<&str>) -> Option<Value> {
    let address = format!("{}/v1/updates/{channel}/linux/x86_64/deb/{current}", server.url());
    let mut question = reqwest::Client::new().get(address);
    if let Some(bucket) = bucket {
        question = question.header("Ringside-Rollout-Bucket", bucket);
    }
    let answer = question.send().await.expect("it answers");
    if answer.status() == 204 { None } else { Some(answer.json().await.expect("a manifest")) }
}

#[tokio::test]
async fn a_finished_version_goes_to_few_at_first_and_then_to_whom_the_operator_says() -> Result<(), Failure> {
    let (server, key) = (Server::start()?, Key::new());
    let workflow = Workflow::on(server.data());
    workflow.builds("0.2.0", &key);
    workflow.write("docs/releases/0.2.0/en.md", "It is faster.\nAnd \"quieter\".\n");
    workflow.write("docs/releases/0.2.0/de.md", "Es ist schneller.\n");
    let publish = || done(workflow.publishes("0.2.0", &[("RINGSIDE_UPDATE_PUBLIC_KEY", &key.public)]));
    let said = "published 0.2.0 on stable for linux-x86_64-deb: offered to 10 % of the installations\n";
    assert_eq!(publish(), said);
    assert_eq!(offered(&server, "stable", "0.1.0", Some("10")).await, None);
    let manifest = offered(&server, "stable", "0.1.0", Some("9")).await.expect("it is among the few");
    assert_eq!(
        (&manifest["version"], &manifest["notes"]),
        (&"0.2.0".into(), &"It is faster.\nAnd \"quieter\".".into())
    );

    let which = "--channel stable --version 0.2.0";
    let raised = workflow.operator(&format!("rollout {which} --percent 50"));
    assert_eq!(raised, "0.2.0 on stable: offered to 50 % of the installations\n");
    // The rerun job knows nothing of it.
    assert!(publish().starts_with("0.2.0 was on stable already, offered to 50 % of the installations"));
    assert!(offered(&server, "stable", "0.1.0", Some("49")).await.is_some());
    assert!(workflow.operator(&format!("halt {which}")).starts_with("0.2.0 on stable: halted"));
    assert_eq!(offered(&server, "stable", "0.1.0", Some("9")).await, None);
    assert!(publish().contains("halted"), "publishing again resumes nothing");
    assert_eq!(workflow.operator(&format!("resume {which}")), raised);
    let listed = workflow.operator("list");
    assert!(
        listed.starts_with("stable 0.2.0, ")
            && listed.ends_with(": offered to 50 % of the installations; linux-x86_64-deb\n")
    );
    Ok(())
}

#[tokio::test]
async fn a_version_to_try_out_needs_no_notes_and_goes_to_everybody_who_tries_things_out() -> Result<(), Failure> {
    let (server, key) = (Server::start()?, Key::new());
    let workflow = Workflow::on(server.data());
    workflow.builds("0.2.0-beta.1", &key);
    let said = done(workflow.publishes("0.2.0-beta.1", &[("RINGSIDE_UPDATE_PUBLIC_KEY", &key.public)]));
    assert!(said.ends_with(": offered to 100 % of the installations\n"), "{said}");
    let manifest = offered(&server, "beta", "0.1.0", None).await.expect("it is for everybody there");
    assert_eq!(manifest["notes"], "A version to try out.");
    assert_eq!(offered(&server, "stable", "0.1.0", None).await, None);
    Ok(())
}

#[tokio::test]
async fn the_update_key_is_changed_by_a_release_that_the_old_one_signs_and_the_new_ones_require() -> Result<(), Failure>
{
    let (server, old, new) = (Server::start()?, Key::new(), Key::new());
    let workflow = Workflow::on(server.data());
    for version in ["0.2.0", "0.3.0"] {
        workflow.write(&format!("docs/releases/{version}/en.md"), "It is safer.\n");
        workflow.write(&format!("docs/releases/{version}/rollout"), "100\n");
    }
    workflow.write("docs/releases/0.3.0/requires", "0.2.0\n");
    let embedded = ("RINGSIDE_UPDATE_PUBLIC_KEY", new.public.as_str());
    workflow.builds("0.2.0", &old);
    let refused = workflow.publishes("0.2.0", &[embedded]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("does not belong to"));
    let said = done(workflow.publishes("0.2.0", &[embedded, ("RINGSIDE_UPDATE_VERIFY_KEY", &old.public)]));
    assert!(said.ends_with(": offered to 100 % of the installations\n"), "{said}");

    workflow.builds("0.3.0", &new);
    // In a workflow, an unset variable is an empty one.
    done(workflow.publishes("0.3.0", &[embedded, ("RINGSIDE_UPDATE_VERIFY_KEY", "")]));
    assert!(
        workflow.operator("list").contains("stable 0.3.0, ") && workflow.operator("list").contains(" from 0.2.0 on;")
    );
    for (current, next) in [("0.1.0", "0.2.0"), ("0.2.0", "0.3.0")] {
        let manifest = offered(&server, "stable", current, None).await.expect("there is one it may take");
        assert_eq!(manifest["version"], next, "to {current}");
    }
    Ok(())
}

#[test]
fn what_can_t_be_published_is_said_and_what_is_not_set_up_is_passed_by() {
    let (data, key) = (tempfile::tempdir().expect("a directory"), Key::new());
    let workflow = Workflow::on(data.path());
    workflow.builds("0.2.0-beta.1", &key);
    let public = ("RINGSIDE_UPDATE_PUBLIC_KEY", key.public.as_str());
    for (file, text, expected) in
        [("rollout", "many", "a percentage is 0 to 100"), ("requires", "0.2.0", "can't require 0.2.0")]
    {
        let name = format!("docs/releases/0.2.0-beta.1/{file}");
        workflow.write(&name, text);
        let refused = workflow.publishes("0.2.0-beta.1", &[public]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains(expected), "{said}");
        std::fs::remove_file(workflow.at(&name)).expect("it is there");
    }
    let unset = workflow.publishes("0.2.0-beta.1", &[public, ("RINGSIDE_SSH_KEY", "")]);
    assert!(done(unset).starts_with("::warning title=Not published::RINGSIDE_SSH_KEY is not set"));
    assert_eq!(std::fs::read_dir(data.path()).expect("it is there").count(), 0, "nothing of it has begun a database");
    // A file that was changed in transit.
    workflow.write("release/Ringside_0.2.0-beta.1_amd64.deb", "something else");
    assert!(!workflow.publishes("0.2.0-beta.1", &[public]).status.success());
}

#[test]
fn a_package_that_was_changed_is_published_only_by_whoever_says_that_it_is_unverified() {
    let (data, key) = (tempfile::tempdir().expect("a directory"), Key::new());
    let workflow = Workflow::on(data.path());
    workflow.builds("0.2.0", &key);
    workflow.write("update.pub", &key.public);
    workflow.write("release/Ringside_0.2.0_amd64.deb", "something else");
    let publish = |verification: &str| {
        let files = "release/Ringside_0.2.0_amd64.deb release/Ringside_0.2.0_amd64.deb.sig";
        workflow.tries(&format!("publish --channel stable --version 0.2.0 --notes new {verification} {files}"))
    };
    let refused = publish("--public-key update.pub");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("does not belong to the file and the public key"), "{said}");
    let published = publish("--unverified");
    let warned = String::from_utf8_lossy(&published.stderr);
    assert!(warned.contains("ringside-api: warning: nothing was verified"), "{warned}");
    assert!(done(published.clone()).starts_with("published 0.2.0 on stable for linux-x86_64-deb"));
}
