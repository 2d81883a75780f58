//! Thousands of real desktop cores, disconnected at once: how soon all of them are live again, and what that costs the
//! server.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use system_tests::Percentiles;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::cores::{Line, now_us};
use crate::crowd::Crowd;
use crate::process::{accept_queue, peak, processor_time};
use crate::report::Row;
use crate::{Problem, io, sizes, times};

/// Cores per process.
const IN_ONE: usize = 1_000;
/// How often the accept queue is polled.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// The time-out of every wait.
const PATIENCE: Duration = Duration::from_mins(10);

/// Cores in processes of their own. Dropping it ends them.
pub(crate) struct Herd {
    processes: Vec<Child>,
    lines: mpsc::UnboundedReceiver<Line>,
    /// Since when each is live, in microseconds since 1970; `None` while it is not.
    live_since: Vec<Option<u128>>,
    directory: TempDir,
}

impl Herd {
    /// Starts a core for each refresh token and waits until all are live.
    pub(crate) async fn gather(server: &str, tokens: &[&str]) -> Result<Self, Problem> {
        let (told, lines) = mpsc::unbounded_channel();
        let mut herd =
            Self { processes: Vec::new(), lines, live_since: vec![None; tokens.len()], directory: directory()? };
        for (number, tokens) in tokens.chunks(IN_ONE).enumerate() {
            let home = herd.directory.path().join(number.to_string());
            herd.processes.push(start(server, &home, tokens, number * IN_ONE, told.clone()).await?);
        }
        herd.all_live(0).await?;
        Ok(herd)
    }

    /// Waits until every core has become live at `at_us` or later; returns how long after that each did.
    pub(crate) async fn all_live(&mut self, at_us: u128) -> Result<Percentiles, Problem> {
        let is_back = |since: &Option<u128>| since.is_some_and(|since| since >= at_us);
        let mut back = self.live_since.iter().filter(|since| is_back(since)).count();
        while back < self.live_since.len() {
            let line = tokio::time::timeout(PATIENCE, self.lines.recv()).await.ok().flatten();
            let line = line.ok_or_else(|| Problem::Unexpected(format!("only {back} cores came to be live")))?;
            let since = &mut self.live_since[line.core];
            back -= usize::from(is_back(since));
            *since = line.is_live.then_some(line.at_us);
            back += usize::from(is_back(since));
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

async fn start(
    server: &str,
    home: &Path,
    tokens: &[&str],
    first: usize,
    told: mpsc::UnboundedSender<Line>,
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
                told.send(Line { core: first + line.core, ..line }).ok();
            }
        }
    });
    Ok(process)
}

/// What happened to the server.
#[derive(Clone, Copy, Debug)]
enum Gone {
    /// Killed, and started again.
    Killed,
    /// Asked to stop, so that it notifies its streams, and started again.
    Stopped,
}

/// See the module.
pub(crate) async fn rows(crowd: &mut Crowd) -> Result<Vec<Row>, Problem> {
    let tokens = crowd.pairs.iter().flat_map(|pair| [pair.athlete.refresh.as_str(), &pair.trainer.refresh]);
    let tokens: Vec<&str> = tokens.collect();
    println!("{} desktop cores", tokens.len());
    let mut herd = Herd::gather(crowd.server.url(), &tokens).await?;
    drop(tokens);
    let mut rows = Vec::new();
    for gone in [Gone::Killed, Gone::Stopped] {
        rows.extend(thrown_off(crowd, &mut herd, gone).await?);
    }
    Ok(rows)
}

async fn thrown_off(crowd: &mut Crowd, herd: &mut Herd, gone: Gone) -> Result<[Row; 2], Problem> {
    let queue = Queue::watch(crowd.address.port());
    let since = now_us();
    let how = match gone {
        Gone::Killed => {
            crowd.server.kill();
            "killed"
        }
        Gone::Stopped => {
            crowd.server.stop()?;
            "asked to stop"
        }
    };
    crowd.server.start_again()?;
    let back = herd.all_live(since).await?;
    let server = crowd.server.process_id().ok_or_else(|| Problem::Unexpected("the server does not run".to_owned()))?;
    let longest = queue.longest();
    let spent = processor_time(server)?;
    let what = format!("server {how} and started again: until each of {} desktop cores is live again", back.count());
    let cost = format!(
        "peak {}, longest accept queue {longest} of 4096, {} µs of processor time for each",
        sizes::megabytes(peak(server)?),
        spent.as_micros() / back.count().max(1) as u128,
    );
    Ok([times(what, &back, "all ≤ 10 s"), Row { what: "the new server meanwhile".to_owned(), figure: cost, goal: "" }])
}

/// Watches how many connections wait to be accepted.
struct Queue {
    watcher: thread::JoinHandle<u64>,
    done: Sender<()>,
}

impl Queue {
    fn watch(port: u16) -> Self {
        let (done, is_done) = channel();
        let watcher = thread::spawn(move || {
            let mut longest = 0;
            while is_done.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                longest = longest.max(accept_queue(port).unwrap_or_default());
            }
            longest
        });
        Self { watcher, done }
    }

    fn longest(self) -> u64 {
        drop(self.done);
        self.watcher.join().unwrap_or_default()
    }
}
