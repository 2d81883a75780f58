//! The application from outside: its processes and what it prints. Nobody can ask a page whose process was killed, because
//! its driver's session has ended with it.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::deadline::IN_TIME;
use crate::desktop::Desktop;
use crate::failure::{Failure, IoContext};
use crate::family::descendants_named;
use crate::place::Place;
use crate::process::Process;

/// The name of the process of a page, as the kernel cuts it off.
const PAGE: &str = "WebKitWebProces";
/// The polling interval.
const INTERVAL: Duration = Duration::from_millis(5);

/// An application.
#[derive(Debug)]
pub struct Application {
    /// The process that started it, or its own.
    ancestor: u32,
    /// The file with its output.
    printed: PathBuf,
    /// Its process, which ends with this. `None` if a driver has it.
    _process: Option<Process>,
}

impl Application {
    pub(crate) fn of_driver(driver: u32, printed: PathBuf) -> Self {
        Self { ancestor: driver, printed, _process: None }
    }

    /// Starts the application on `desktop`, bound to `profile`, without a driver.
    pub fn start(desktop: &Desktop, profile: &str, server: &str, place: Place) -> Result<Self, Failure> {
        let printed = desktop.path().join(format!("{profile}.printed"));
        let output = File::options().create(true).append(true).open(&printed).context("keeping its output")?;
        let mut command = desktop.application(profile, server, place)?;
        command.stdout(output.try_clone().context("keeping its output")?).stderr(output);
        let process = Process::start("ringside", &mut command)?;
        Ok(Self { ancestor: process.id(), printed, _process: Some(process) })
    }

    /// The process of its page, once there is one.
    pub async fn page(&self) -> Result<u32, Failure> {
        self.page_other_than(None).await
    }

    /// The process of its page, once it is another one.
    pub async fn page_after(&self, previous: u32) -> Result<u32, Failure> {
        self.page_other_than(Some(previous)).await
    }

    async fn page_other_than(&self, previous: Option<u32>) -> Result<u32, Failure> {
        let mut page = None;
        self.poll("a page", || {
            let pages = descendants_named(self.ancestor, PAGE).unwrap_or_default();
            page = pages.into_iter().find(|page| Some(*page) != previous);
            page.is_some()
        })
        .await?;
        page.ok_or_else(|| self.problem("has no page"))
    }

    /// Kills the process of its page. Returns its id.
    pub async fn kill_page(&self) -> Result<u32, Failure> {
        self.signal_page(Signal::KILL).await
    }

    /// Stops the process of its page, as a graphics driver that hangs does. Returns its id.
    pub async fn stop_page(&self) -> Result<u32, Failure> {
        self.signal_page(Signal::STOP).await
    }

    async fn signal_page(&self, signal: Signal) -> Result<u32, Failure> {
        let page = self.page().await?;
        let pid = i32::try_from(page).ok().and_then(Pid::from_raw).ok_or_else(|| self.problem("has no page"))?;
        kill_process(pid, signal).map_err(std::io::Error::from).context(format!("sending {signal:?} to {page}"))?;
        Ok(page)
    }

    /// The value of an environment variable of `process`.
    pub fn variable(process: u32, name: &str) -> Result<Option<String>, Failure> {
        let variables = std::fs::read(format!("/proc/{process}/environ")).context("reading a process's environment")?;
        let variables = String::from_utf8_lossy(&variables);
        let value = variables.split('\0').filter_map(|variable| variable.split_once('=')).find(|(it, _)| *it == name);
        Ok(value.map(|(_, value)| value.to_owned()))
    }

    /// Waits until it has printed `text` this many times since it was first opened on its desktop.
    pub async fn prints(&self, text: &str, times: usize) -> Result<(), Failure> {
        self.poll(&format!("{text:?}, {times} times"), || self.printed().matches(text).count() >= times).await
    }

    /// What it has printed.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(&self.printed).unwrap_or_default()
    }

    /// Whether it is running.
    pub fn is_running(&self) -> bool {
        descendants_named(self.ancestor, "ringside").is_ok_and(|them| !them.is_empty())
    }

    /// Waits until it has ended by itself.
    pub async fn wait_until_ended(&self) -> Result<(), Failure> {
        self.poll("its end", || !self.is_running()).await
    }

    async fn poll(&self, what: &str, mut is_so: impl FnMut() -> bool) -> Result<(), Failure> {
        let deadline = Instant::now() + IN_TIME;
        let mut interval = tokio::time::interval(INTERVAL);
        while !is_so() {
            if Instant::now() > deadline {
                let (window, what) = ("the application".to_owned(), what.to_owned());
                return Err(Failure::Timeout { window, what, screen: self.printed() });
            }
            interval.tick().await;
        }
        Ok(())
    }

    fn problem(&self, problem: &str) -> Failure {
        Failure::Program { program: format!("the application below {}", self.ancestor), problem: problem.to_owned() }
    }
}
