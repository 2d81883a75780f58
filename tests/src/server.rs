//! A dedicated server: the real program on its own database, with the demo studio in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use tempfile::TempDir;

use crate::failure::{Failure, IoContext};
use crate::process::{Process, command};
use crate::programs;

/// An account of the demo studio.
#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    /// The address they sign in with.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Their name.
    pub name: String,
    /// Their roles.
    pub roles: Vec<String>,
}

#[derive(Deserialize)]
struct Studio {
    accounts: Vec<Account>,
}

/// Where a server keeps its data.
#[derive(Clone, Debug)]
pub enum Database {
    /// The embedded SQLite, in a directory of the server's own.
    Sqlite,
    /// The Postgres at this address, which must be empty and is left as it is.
    Postgres(String),
}

/// A server. Dropping it ends it and removes its data.
#[derive(Debug)]
pub struct Server {
    program: PathBuf,
    database: Database,
    process: Option<Process>,
    /// Where it listens, kept across restarts.
    url: String,
    /// Where its metrics are.
    metrics: String,
    accounts: Vec<Account>,
    data: TempDir,
    /// Where its standard error goes.
    log: PathBuf,
    /// Its other settings.
    settings: Vec<(String, String)>,
}

impl Server {
    /// Starts a server on SQLite with the demo studio, on a free port.
    pub fn start() -> Result<Self, Failure> {
        Self::start_on(Database::Sqlite)
    }

    /// Starts a server on SQLite with nothing in it, whose links lead to it.
    pub fn start_empty() -> Result<Self, Failure> {
        let mut server = Self::new(Database::Sqlite)?;
        server.serve("127.0.0.1:0")?;
        let url = server.url.clone();
        server.set("RINGSIDE_PUBLIC_URL", &url)?;
        Ok(server)
    }

    /// Starts a server with the demo studio, on a free port.
    pub fn start_on(database: Database) -> Result<Self, Failure> {
        let mut server = Self::new(database)?;
        server.accounts = server.add_studio("Ringside Demo")?;
        server.serve("127.0.0.1:0")?;
        Ok(server)
    }

    fn new(database: Database) -> Result<Self, Failure> {
        let program = programs::program_path("ringside-api")?;
        let data = tempfile::Builder::new().prefix("ringside-api-").tempdir().context("making a data directory")?;
        let (url, metrics, accounts, log) = (String::new(), String::new(), Vec::new(), data.path().join("log"));
        let settings = Vec::new();
        Ok(Self { program, database, process: None, url, metrics, accounts, data, log, settings })
    }

    /// Limits the lifetime of access tokens from the next start on, in seconds.
    pub fn with_access_tokens_for(mut self, seconds: u32) -> Result<Self, Failure> {
        self.set("RINGSIDE_ACCESS_LIFETIME_S", &seconds.to_string())?;
        Ok(self)
    }

    /// Restarts it with an additional setting.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        self.settings.push((name.to_owned(), value.to_owned()));
        self.stop()?;
        self.start_again()
    }

    /// Restarts it with its standard error going to `log`.
    pub fn log_to(&mut self, log: &Path) -> Result<(), Failure> {
        log.clone_into(&mut self.log);
        self.stop()?;
        self.start_again()
    }

    /// Runs the program once beside the server, as an operator would; returns its output.
    pub fn run(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = Command::new(&self.program);
        self.configure(command.args(arguments));
        let done = command.output().context("running ringside-api")?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
        }
        let said = [done.stderr, done.stdout].map(|said| String::from_utf8_lossy(&said).trim().to_owned());
        let problem = said.join("\n").trim().to_owned();
        Err(Failure::Program { program: format!("ringside-api {}", arguments.join(" ")), problem })
    }

    /// Adds another demo studio, and returns its accounts.
    pub fn add_studio(&self, name: &str) -> Result<Vec<Account>, Failure> {
        let mut seed = Command::new(&self.program);
        self.configure(seed.args(["seed-demo", "--studio", name]));
        let seeded = seed.output().context("seeding a demo studio")?;
        let studio: Studio = serde_json::from_slice(&seeded.stdout).map_err(|error| Failure::Program {
            program: "ringside-api seed-demo".to_owned(),
            problem: format!("printed no studio ({error}): {}", String::from_utf8_lossy(&seeded.stderr)),
        })?;
        Ok(studio.accounts)
    }

    fn configure(&self, command: &mut Command) {
        command.env("RINGSIDE_DATA_DIR", self.data.path());
        if let Database::Postgres(address) = &self.database {
            command.env("RINGSIDE_DATABASE_URL", address);
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
    }

    /// Starts it again on the same address.
    pub fn start_again(&mut self) -> Result<(), Failure> {
        let listen = self.url.trim_start_matches("http://").to_owned();
        self.serve(&listen)
    }

    /// Asks it to stop, as an operator or a deployment would, and does not wait.
    pub fn ask_to_stop(&self) -> Result<(), Failure> {
        self.process.as_ref().map_or(Ok(()), Process::ask_to_end)
    }

    /// Kills it in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Stops it as an operator would, and waits until it has gone.
    pub fn stop(&mut self) -> Result<(), Failure> {
        self.process.take().map_or(Ok(()), Process::terminate)
    }

    fn serve(&mut self, listen: &str) -> Result<(), Failure> {
        let mut serve = command(&self.program);
        serve.arg("serve").env("RINGSIDE_LISTEN", listen).env("RINGSIDE_METRICS_LISTEN", "127.0.0.1:0");
        self.configure(&mut serve);
        let log = std::fs::File::options().create(true).append(true).open(&self.log);
        serve.stderr(Stdio::from(log.context("making the server's log")?));
        let (process, [api, metrics]) = Process::start_and_read_lines("ringside-api", &mut serve)?;
        for (line, prefix, url) in [(api, "listening on ", &mut self.url), (metrics, "metrics on ", &mut self.metrics)]
        {
            let address = line.strip_prefix(prefix).ok_or_else(|| Failure::Program {
                program: "ringside-api".to_owned(),
                problem: format!("printed {line:?} instead of its address"),
            })?;
            address.clone_into(url);
        }
        self.process = Some(process);
        Ok(())
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of its metrics.
    pub fn metrics(&self) -> String {
        format!("{}/metrics", self.metrics)
    }

    /// The id of its process, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// The address of its database.
    pub fn database_url(&self) -> String {
        match &self.database {
            Database::Sqlite => format!("sqlite://{}", self.data.path().join("ringside.db").display()),
            Database::Postgres(address) => address.clone(),
        }
    }

    /// Its data directory.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The accounts of the demo studio.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The first account with `role`: the first athlete is one of the first trainer's.
    pub fn first(&self, role: &str) -> Result<&Account, Failure> {
        let has_role = |account: &&Account| account.roles.iter().any(|it| it == role);
        self.accounts.iter().find(has_role).ok_or_else(|| Failure::Program {
            program: "ringside-api seed-demo".to_owned(),
            problem: format!("created no account with the role {role}"),
        })
    }
}
