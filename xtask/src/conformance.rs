//! `cargo xtask conformance`: whether the API does what its own description says, tried by schemathesis.
//!
//! schemathesis makes requests from `/openapi.json`: some valid, some not, some in sequences. It compares the answers with
//! the description. What a description can't express is in `hosted-api/conformance`. Each role on each database gets a server
//! and a demo studio of its own, so that no run meets the leftovers of another.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::{Failure, While};
use crate::postgres::{Cluster, Durability};
use crate::setup;

/// Where schemathesis and the reports are.
const DIRECTORY: &str = "target/conformance";
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const SERVER: &str = "target/debug/ringside-api";

/// Who asks, by the address the demo studio gives them.
const ROLES: [(&str, &str); 3] = [
    ("trainer", "jonas@ringside-demo.example"),
    ("athlete", "mara@ringside-demo.example"),
    ("admin", "admin@ringside-demo.example"),
];

/// Sets up what is missing, then tries every role on both databases with so many examples for each operation.
pub(crate) fn conformance(sh: &Shell, examples: u32) -> Result<(), Failure> {
    setup::conformance(sh)?;
    cargo(sh).args(["build", "--locked", "--quiet", "--workspace", "--bin", "ringside-api"]).run()?;
    run(sh, examples)
}

/// The same with what is built already.
pub(crate) fn run(sh: &Shell, examples: u32) -> Result<(), Failure> {
    let schemathesis = schemathesis(sh)?;
    let cluster = Cluster::start(sh, Durability::Off)?;
    let mut failed = Vec::new();
    for (role, email) in ROLES {
        for database in ["sqlite", "postgres"] {
            let name = format!("{role}-{database}");
            println!("Conformance: {role} on {database}");
            let directory = tempfile::tempdir().while_doing("making a directory for the server")?;
            let address = (database == "postgres").then(|| cluster.create(sh, &format!("conformance_{role}")));
            let server = Server::start(directory.path(), address.transpose()?.as_deref())?;
            let report = format!("{DIRECTORY}/{name}.json");
            let examples = examples.to_string();
            let ran = cmd!(sh, "{schemathesis} --config-file hosted-api/conformance/schemathesis.toml run")
                .arg(format!("{}/openapi.json", server.address))
                .args(["--checks=all", "--no-color", "--report-json-path", &report, "--max-examples", &examples])
                .env("SCHEMATHESIS_HOOKS", "hosted-api/conformance/hooks.py")
                .env("RINGSIDE_CONFORMANCE_SERVER", &server.address)
                .env("RINGSIDE_CONFORMANCE_EMAIL", email)
                .quiet()
                .ignore_status()
                .output()?;
            if !ran.status.success() {
                print!("{}", String::from_utf8_lossy(&ran.stdout));
                failed.push(name);
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::NotConforming(failed.join(", "))) }
}

/// schemathesis, installed into an environment of its own.
fn schemathesis(sh: &Shell) -> Result<PathBuf, Failure> {
    let environment = sh.current_dir().join(DIRECTORY).join(SCHEMATHESIS.replace("==", "-"));
    let program = environment.join("bin/schemathesis");
    if !sh.path_exists(&program) {
        println!("Installing {SCHEMATHESIS} into {}", environment.display());
        cmd!(sh, "python3 -m venv {environment}").quiet().run()?;
        let pip = environment.join("bin/pip");
        cmd!(sh, "{pip} install --quiet --disable-pip-version-check {SCHEMATHESIS}").quiet().run()?;
    }
    Ok(program)
}

/// A server with a demo studio. Dropping it ends it.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(data: &Path, database: Option<&str>) -> Result<Self, Failure> {
        let command = |arguments: &[&str]| {
            let mut command = Command::new(SERVER);
            command.args(arguments).env("RINGSIDE_DATA_DIR", data).env("RINGSIDE_LOG", "error").stdout(Stdio::piped());
            if let Some(database) = database {
                command.env("RINGSIDE_DATABASE_URL", database);
            }
            command
        };
        let seeded = command(&["seed-demo"]).output().while_doing("seeding the demo studio")?;
        if !seeded.status.success() {
            return Err(Failure::Ended { command: format!("{SERVER} seed-demo"), status: seeded.status });
        }
        let mut process = command(&["serve", "--listen", "127.0.0.1:0", "--access-lifetime-s", "86400"])
            .spawn()
            .while_doing("starting the server")?;
        let output = process.stdout.take().expect("it is piped");
        let mut server = Self { process, address: String::new() };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).while_doing("reading the server's address")?;
        line.trim().rsplit(' ').next().unwrap_or_default().clone_into(&mut server.address);
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing it holds is kept, so it need not end on good terms.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
