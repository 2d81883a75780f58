//! A Postgres cluster for one run, removed afterwards.
//!
//! It shares nothing with a cluster of the machine: data directory, socket and port are separate. Postgres refuses to run
//! as root, so root runs it as the user that the Debian package created.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use xshell::{Shell, cmd};

use crate::failure::{Failure, IoContext};
use crate::setup;

/// Where tests find the cluster's address.
pub(crate) const ADDRESS: &str = "RINGSIDE_TEST_POSTGRES";
/// The time limit for starting. It takes a second, unless the machine is busy.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Whether a commit waits until it is on the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// It does, as in production.
    On,
    /// It doesn't: the data of a test need not outlive it.
    Off,
}

/// A running cluster. Dropping it ends it and removes its data.
pub(crate) struct Cluster {
    server: Child,
    port: u16,
    directory: TempDir,
}

impl Cluster {
    /// Creates and starts a cluster, and waits until it accepts connections.
    pub(crate) fn start(sh: &Shell, durability: Durability) -> Result<Self, Failure> {
        let directory = tempfile::tempdir().context("creating a directory for Postgres")?;
        let path = directory.path();
        let is_root = cmd!(sh, "id -u").quiet().read()? == "0";
        let user: &[&str] = if is_root { &["--reuid=postgres", "--regid=postgres", "--init-groups"] } else { &[] };
        if is_root {
            cmd!(sh, "chown postgres:postgres {path}").quiet().run()?;
        }
        let (data, log) = (path.join("data"), path.join("log"));
        let (initdb, postgres, pg_isready) =
            (program(sh, "initdb")?, program(sh, "postgres")?, program(sh, "pg_isready")?);
        println!("Starting a temporary Postgres");
        let settings = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        cmd!(sh, "setpriv {user...} {initdb} --pgdata={data} {settings...}").quiet().ignore_stdout().run()?;

        let port = free_port()?;
        let log_file = std::fs::File::create(&log).context("creating Postgres's log")?;
        let log_copy = log_file.try_clone().context("creating Postgres's log")?;
        let settings: &[&str] = match durability {
            Durability::On => &[],
            Durability::Off => &["-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"],
        };
        // When this process ends, however that happens, the kernel sends the server a fast shutdown (SIGINT).
        let server = Command::new("setpriv")
            .args(["--pdeathsig=INT"])
            .args(user)
            .arg(postgres)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(path)
            .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-N", "400", "-c", "shared_buffers=64MB"])
            .args(settings)
            .current_dir(path)
            .stdin(Stdio::null())
            .stdout(log_file)
            .stderr(log_copy)
            .spawn()
            .context("starting Postgres")?;
        let mut cluster = Self { server, port, directory };

        let deadline = Instant::now() + START_TIMEOUT;
        let port = port.to_string();
        // It tries for a second by itself.
        while cmd!(sh, "{pg_isready} --quiet --timeout=1 --host=127.0.0.1 --port={port} --username=postgres")
            .quiet()
            .run()
            .is_err()
        {
            let ended = cluster.server.try_wait().context("checking on Postgres")?;
            if ended.is_some() || Instant::now() > deadline {
                return Err(Failure::Postgres(std::fs::read_to_string(&log).unwrap_or_default()));
            }
        }
        Ok(cluster)
    }

    /// Creates a database, and returns its address.
    pub(crate) fn create(&self, sh: &Shell, name: &str) -> Result<String, Failure> {
        let psql = program(sh, "psql")?;
        let server = self.address();
        let statement = format!("CREATE DATABASE {name}");
        cmd!(sh, "{psql} --quiet --no-psqlrc --dbname={server} --command={statement}").quiet().run()?;
        Ok(format!("postgres://postgres@127.0.0.1:{}/{name}", self.port))
    }

    /// The address tests connect to. They create their databases themselves.
    pub(crate) fn address(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // An immediate shutdown: the data is not needed any more.
        let pid = self.server.id().to_string();
        let signalled = Command::new("kill").args(["-QUIT", &pid]).status();
        if !signalled.is_ok_and(|status| status.success()) {
            // It has ended already, or did not get the signal.
            self.server.kill().ok();
        }
        if let Err(error) = self.server.wait() {
            eprintln!("Postgres (process {pid}, in {}) did not end: {error}", self.directory.path().display());
        }
    }
}

/// Runs `command` with a cluster.
pub(crate) fn run_with_cluster(sh: &Shell, command: &[String]) -> Result<(), Failure> {
    setup::postgres(sh)?;
    let cluster = Cluster::start(sh, Durability::Off)?;
    let (program, arguments) = command.split_first().expect("the command line requires at least one word");
    Ok(cmd!(sh, "{program} {arguments...}").env(ADDRESS, cluster.address()).run()?)
}

/// A program of the newest installed version. Debian does not put them on the PATH.
fn program(sh: &Shell, name: &str) -> Result<PathBuf, Failure> {
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = sh.read_dir("/usr/lib/postgresql")?.into_iter().max_by_key(version).unwrap_or_default();
    Ok(newest.join("bin").join(name))
}

fn free_port() -> Result<u16, Failure> {
    let what = "looking for a free port";
    let listener = TcpListener::bind(("127.0.0.1", 0)).context(what)?;
    Ok(listener.local_addr().context(what)?.port())
}
