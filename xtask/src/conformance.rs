//! `cargo xtask conformance`: whether the API does what its own description says, tested by schemathesis.
//!
//! schemathesis generates requests from `/openapi.json`: some valid, some not, some in sequences. It compares the answers
//! with the description. What a description can't express is in `hosted-api/conformance`. Each role on each database gets
//! a separate server and demo studio, so that the runs are independent. On each database every operation must have found
//! what it is about for one role at least: what is only ever answered with 404 was not tested.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::{Failure, IoContext};
use crate::postgres::{Cluster, Durability};
use crate::setup;

/// Where schemathesis is.
const DIRECTORY: &str = "target/conformance";
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
const SERVER: &str = "target/debug/ringside-api";

/// The number of examples for each operation in `cargo xtask test`.
pub(crate) const FEW_EXAMPLES: u32 = 3;

/// Who makes the requests: each role with an address of the demo studio.
const ROLES: [(&str, &str); 3] = [
    ("trainer", "jonas@ringside-demo.example"),
    ("athlete", "mara@ringside-demo.example"),
    ("admin", "admin@ringside-demo.example"),
];

/// Sets up what is missing, then tests every role on both databases.
pub(crate) fn conformance(sh: &Shell, examples: u32) -> Result<(), Failure> {
    setup::conformance(sh)?;
    cargo(sh).args(["build", "--locked", "--quiet", "--workspace", "--bin", "ringside-api"]).run()?;
    let tool = &Schemathesis { repository: sh.current_dir(), program: install_schemathesis(sh)?, examples };
    let cluster = Cluster::start(sh, Durability::Off)?;
    let mut failed = Vec::new();
    let mut reached: BTreeMap<(&str, String), bool> = BTreeMap::new();
    for (role, email) in ROLES {
        println!("Conformance: {role}, on SQLite and on Postgres");
        let postgres = cluster.create(sh, &format!("conformance_{role}"))?;
        let databases = [("sqlite", None), ("postgres", Some(postgres.as_str()))];
        let outcomes: Vec<Result<Outcome, Failure>> = thread::scope(|scope| {
            let started = databases.map(|(_, database)| scope.spawn(move || tool.run(email, database)));
            started.into_iter().map(|run| run.join().expect("no run panics")).collect()
        });
        for ((database, _), outcome) in databases.iter().zip(outcomes) {
            let outcome = outcome?;
            for (operation, is_reached) in outcome.operations {
                *reached.entry((database, operation)).or_default() |= is_reached;
            }
            if let Some(findings) = outcome.findings {
                println!("{findings}");
                failed.push(format!("{role} on {database}"));
            }
        }
    }
    for ((database, operation), _) in reached.iter().filter(|(_, is_reached)| !**is_reached) {
        println!("{operation} found nothing that it could be tried with");
        failed.push(format!("{operation} on {database}"));
    }
    if reached.is_empty() {
        failed.push("which operations were reached is not known".to_owned());
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::NotConforming(failed.join(", "))) }
}

/// What came of a run.
struct Outcome {
    /// What schemathesis says, if something is wrong.
    findings: Option<String>,
    /// The operations that were tried, and whether each found what it is about.
    operations: Vec<(String, bool)>,
}

/// How schemathesis is run.
struct Schemathesis {
    repository: PathBuf,
    program: PathBuf,
    examples: u32,
}

impl Schemathesis {
    /// Tests the API as one person on `database`, or else on SQLite.
    fn run(&self, email: &str, database: Option<&str>) -> Result<Outcome, Failure> {
        let directory = tempfile::tempdir().context("creating a directory for the server")?;
        let server = Server::start(&self.repository.join(SERVER), directory.path(), database)?;
        let conformance = self.repository.join("hosted-api/conformance");
        let reached = directory.path().join("reached");
        let ran = Command::new(&self.program)
            .arg("--config-file")
            .arg(conformance.join("schemathesis.toml"))
            .args(["--no-color", "run", &format!("{}/openapi.json", server.address), "--checks=all"])
            .args(["--max-examples", &self.examples.to_string()])
            .env("SCHEMATHESIS_HOOKS", conformance.join("hooks.py"))
            .env("RINGSIDE_CONFORMANCE_SERVER", &server.address)
            .env("RINGSIDE_CONFORMANCE_EMAIL", email)
            .env("RINGSIDE_CONFORMANCE_REACHED", &reached)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(directory.path())
            .output()
            .context("running schemathesis")?;
        let findings = || [ran.stdout.as_slice(), ran.stderr.as_slice()].map(String::from_utf8_lossy).concat();
        let findings = (!ran.status.success()).then(findings);
        // A line for each: the operation, and 1 or 0.
        let lines = std::fs::read_to_string(&reached).unwrap_or_default();
        let operations = lines.lines().filter_map(|line| line.split_once('\t'));
        let operations = operations.map(|(operation, found)| (operation.to_owned(), found == "1")).collect();
        Ok(Outcome { findings, operations })
    }
}

/// Installs schemathesis into a separate environment, unless it is there; returns its program.
fn install_schemathesis(sh: &Shell) -> Result<PathBuf, Failure> {
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
    fn start(program: &Path, data: &Path, database: Option<&str>) -> Result<Self, Failure> {
        let command = |arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).env("RINGSIDE_DATA_DIR", data).env("RINGSIDE_LOG", "error").stdout(Stdio::piped());
            if let Some(database) = database {
                command.env("RINGSIDE_DATABASE_URL", database);
            }
            command
        };
        let seeded = command(&["seed-demo"]).output().context("seeding the demo studio")?;
        if !seeded.status.success() {
            return Err(Failure::Ended { command: format!("{SERVER} seed-demo"), status: seeded.status });
        }
        let mut process = command(&["serve", "--listen", "127.0.0.1:0", "--access-lifetime-s", "86400"])
            .spawn()
            .context("starting the server")?;
        let output = process.stdout.take().expect("it is piped");
        let mut server = Self { process, address: String::new() };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).context("reading the server's address")?;
        line.trim().rsplit(' ').next().unwrap_or_default().clone_into(&mut server.address);
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killed, because its data is not needed any more.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
