//! Thousands of real desktop cores, in processes of their own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use system_tests::Percentiles;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::cores::Line;
use crate::problem::{Problem, io};

/// Cores per process.
const CORES_PER_PROCESS: usize = 1_000;
/// The time-out of every wait.
const TIMEOUT: Duration = Duration::from_mins(10);

/// Cores in processes of their own. Dropping it ends them.
pub(crate) struct CorePool {
    processes: Vec<Child>,
    lines: mpsc::UnboundedReceiver<Line>,
    /// Since when each is live, in microseconds since 1970; `None` while it is not.
    live_since: Vec<Option<u128>>,
    directory: TempDir,
}

impl CorePool {
    /// Starts a core for each refresh token and waits until all are live.
    pub(crate) async fn start(server: &str, tokens: &[&str]) -> Result<Self, Problem> {
        let (sender, lines) = mpsc::unbounded_channel();
        let mut pool =
            Self { processes: Vec::new(), lines, live_since: vec![None; tokens.len()], directory: directory()? };
        for (number, tokens) in tokens.chunks(CORES_PER_PROCESS).enumerate() {
            let home = pool.directory.path().join(number.to_string());
            pool.processes
                .push(start_process(server, &home, tokens, number * CORES_PER_PROCESS, sender.clone()).await?);
        }
        pool.all_live(0).await?;
        Ok(pool)
    }

    /// Waits until every core has become live at `at_us` or later; returns how long after that each did.
    pub(crate) async fn all_live(&mut self, at_us: u128) -> Result<Percentiles, Problem> {
        let is_live_since = |since: &Option<u128>| since.is_some_and(|since| since >= at_us);
        let mut live_count = self.live_since.iter().filter(|since| is_live_since(since)).count();
        while live_count < self.live_since.len() {
            let received = tokio::time::timeout(TIMEOUT, self.lines.recv()).await.ok().flatten();
            let line =
                received.ok_or_else(|| Problem::Unexpected(format!("only {live_count} cores came to be live")))?;
            let since = &mut self.live_since[line.core];
            live_count -= usize::from(is_live_since(since));
            *since = line.is_live.then_some(line.at_us);
            live_count += usize::from(is_live_since(since));
        }
        let after = |since: u128| Duration::from_micros(u64::try_from(since - at_us).unwrap_or(u64::MAX));
        Ok(self.live_since.iter().flatten().map(|since| after(*since)).collect())
    }

    /// Sends a signal to each of the processes.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), Problem> {
        let ids = self.processes.iter().filter_map(|process| Pid::from_raw(process.id()?.try_into().ok()?));
        for id in ids {
            kill_process(id, signal).map_err(std::io::Error::from).map_err(io("signalling a process of cores"))?;
        }
        Ok(())
    }
}

/// Where their files go: in memory if possible, so that thousands of replicas are not a test of the disk.
fn directory() -> Result<TempDir, Problem> {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("ringside-cores-").tempdir_in(base).map_err(io("making a directory"))
}

async fn start_process(
    server: &str,
    home: &Path,
    tokens: &[&str],
    first: usize,
    sender: mpsc::UnboundedSender<Line>,
) -> Result<Child, Problem> {
    let starting = || io("starting a process of cores");
    let mut process = Command::new("setpriv")
        .arg("--pdeathsig=KILL")
        .arg(std::env::current_exe().map_err(starting())?)
        .args(["cores", "--server", server, "--directory"])
        .arg(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(starting())?;
    let (input, output) = (process.stdin.take(), process.stdout.take());
    let (mut input, output) = input.zip(output).ok_or_else(|| Problem::Unexpected("no pipes".to_owned()))?;
    input.write_all(tokens.join("\n").as_bytes()).await.map_err(starting())?;
    drop(input);
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(line) = Line::parse(&line) {
                sender.send(Line { core: first + line.core, ..line }).ok();
            }
        }
    });
    Ok(process)
}
