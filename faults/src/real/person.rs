//! A simulated user: a process that can be killed, and the lines it printed.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use system_tests::{Account, Desktop, IN_TIME, Proxy};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use training::RoundId;

use super::history::{History, marks};

/// A line that the process prints.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// An act that is about to be performed.
    Attempt {
        /// Its kind.
        kind: String,
        /// The numbers that it enters.
        marks: Range<u32>,
        /// The round it completes.
        completed_round: Option<RoundId>,
    },
    /// The outcome of an act.
    Outcome {
        /// Its kind.
        kind: String,
        /// The numbers that it enters.
        marks: Range<u32>,
        /// Whether it goes through the outbox, so that it ends as done or is kept as refused.
        through_outbox: bool,
        /// The round something was logged in.
        logged_round: Option<RoundId>,
        /// Why it failed; `None` if it is done or queued.
        failure: Option<String>,
    },
    /// The view is inconsistent.
    Fault {
        /// What is wrong.
        fault: String,
    },
    /// The view changed.
    View {
        /// The whole view.
        view: Value,
    },
}

/// What they do while their application runs.
pub(super) enum Task {
    /// Whatever comes to their mind.
    Acts,
    /// Give the first exercise this video.
    Give(PathBuf),
    /// Nothing.
    Idle,
}

/// See the module.
pub(super) struct Person {
    profile: String,
    pub(super) account: Account,
    pub(super) network: Proxy,
    first: u32,
    task: Task,
    lines: Arc<Mutex<Vec<Line>>>,
    line_count: watch::Sender<usize>,
    running: Option<(Child, JoinHandle<()>)>,
}

/// The outcomes of one person's acts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub(super) acts: u64,
    pub(super) accepted: u64,
    pub(super) refused: u64,
}

impl Person {
    pub(super) fn new(profile: String, account: Account, network: Proxy, first: u32) -> Self {
        Self {
            profile,
            account,
            network,
            first,
            task: Task::Acts,
            lines: Arc::default(),
            line_count: watch::Sender::new(0),
            running: None,
        }
    }

    /// What they do from the next start on.
    pub(super) fn set_task(&mut self, task: Task) {
        self.task = task;
    }

    pub(super) fn is_athlete(&self) -> bool {
        self.account.roles.iter().any(|role| role == "athlete")
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts their application where the last one left off.
    pub(super) fn start(&mut self, desktop: &Desktop, seed: u64) -> Result<(), String> {
        let next = self.lines().iter().rev().find_map(|line| match line {
            Line::Attempt { marks, .. } => Some(marks.end),
            _ => None,
        });
        let program = desktop.program("ringside-person").map_err(|error| error.to_string())?;
        let mut command = Command::from(program);
        command.args(["--profile", &self.profile, "--server", &self.network.url()]);
        command.args(["--seed", &seed.to_string(), "--first", &next.unwrap_or(self.first).to_string()]);
        match &self.task {
            Task::Acts => {}
            Task::Give(video) => {
                command.arg("--video").arg(video);
            }
            Task::Idle => {
                command.arg("--idle");
            }
        }
        command.env("RINGSIDE_PERSON_EMAIL", &self.account.email);
        command.env("RINGSIDE_PERSON_PASSWORD", &self.account.password);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let (lines, line_count) = (Arc::clone(&self.lines), self.line_count.clone());
        let reading = tokio::spawn(async move {
            let mut output = output.lines();
            while let Ok(Some(text)) = output.next_line().await {
                // The last line of a killed process may be incomplete.
                if let Ok(line) = serde_json::from_str(&text) {
                    lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                    line_count.send_modify(|count| *count += 1);
                }
            }
        });
        self.running = Some((child, reading));
        Ok(())
    }

    /// Kills their application in the middle of whatever it does.
    pub(super) async fn kill(&mut self) {
        if let Some((mut child, reading)) = self.running.take() {
            child.kill().await.ok();
            // Everything it printed before has been read.
            reading.await.ok();
        }
    }

    /// Tells them to do nothing more.
    pub(super) async fn stop_working(&mut self) {
        if let Some((child, _)) = &mut self.running
            && let Some(mut input) = child.stdin.take()
        {
            input.write_all(b"stop\n").await.ok();
        }
    }

    pub(super) async fn end(&mut self) {
        self.kill().await;
    }

    /// Waits until their view is as `wanted`.
    pub(super) async fn wait_for_view(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<(), String> {
        self.wait_for_view_until(Instant::now() + IN_TIME, wanted).await
    }

    /// Waits until `until` at most for their view to be as `wanted`.
    pub(super) async fn wait_for_view_until(
        &mut self,
        until: Instant,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<(), String> {
        let mut line_count = self.line_count.subscribe();
        loop {
            line_count.borrow_and_update();
            let view = self.last_view();
            if view.as_ref().is_some_and(&wanted) {
                return Ok(());
            }
            if timeout_at(until, line_count.changed()).await.is_err() {
                let part = |name: &str| view.as_ref().map_or_else(String::new, |view| view[name].to_string());
                return Err(format!("{} does not recover: {}, {}", self.profile, part("link"), part("sessions")));
            }
        }
    }

    /// Forgets what it has printed, so that the next view is one of the next start.
    pub(super) fn forget_lines(&self) {
        self.lines().clear();
    }

    pub(super) fn last_view(&self) -> Option<Value> {
        let lines = self.lines();
        lines.iter().rev().find_map(|line| match line {
            Line::View { view } => Some(view.clone()),
            _ => None,
        })
    }

    /// Fails with what the application itself found wrong since its lines were last forgotten.
    pub(super) fn check_faults(&self) -> Result<(), String> {
        self.lines().iter().try_for_each(|line| match line {
            Line::Fault { fault } => Err(format!("{}: {fault}", self.profile)),
            _ => Ok(()),
        })
    }

    /// Compares the reported outcomes with what happened.
    pub(super) fn check_outcomes(&self, history: &History) -> Result<Totals, String> {
        let view = self.last_view().unwrap_or_default();
        let mut refused_marks = BTreeSet::new();
        marks(&view["refused"], &mut refused_marks);
        let refused = view["refused"].as_array().cloned().unwrap_or_default();
        // Refused acts of these kinds are listed without the entered values.
        let unnumbered = |what: &str| refused.iter().filter(|refused| refused["what"] == what).count();
        let (mut logs, mut cancels) = (unnumbered("log_exercise"), unnumbered("cancel_session"));
        let lines = self.lines();
        let completed: BTreeSet<RoundId> = lines
            .iter()
            .filter_map(|line| match line {
                Line::Attempt { completed_round, .. } => *completed_round,
                _ => None,
            })
            .collect();
        let mut totals = Totals { refused: refused.len() as u64, ..Totals::default() };
        for line in lines.iter() {
            match line {
                Line::Fault { fault } => return Err(format!("{}: {fault}", self.profile)),
                Line::Attempt { .. } => totals.acts += 1,
                Line::Outcome { kind, marks, through_outbox: true, logged_round, failure } => {
                    let done = marks.clone().filter(|mark| history.marks.contains(mark)).count();
                    if let Some(failure) = failure {
                        if done > 0 {
                            return Err(format!("{}: {kind} failed ({failure}) and was done", self.profile));
                        }
                        continue;
                    }
                    totals.accepted += 1;
                    if done == marks.len() || marks.clone().any(|mark| refused_marks.contains(&mark)) {
                        continue;
                    }
                    if logged_round.is_some_and(|round| history.ended.contains(&round) && completed.contains(&round)) {
                        continue;
                    }
                    let left = match kind.as_str() {
                        "LogExercise" => &mut logs,
                        "Cancel" => &mut cancels,
                        _ => return Err(format!("{}: {kind} {marks:?} is lost", self.profile)),
                    };
                    *left = left.checked_sub(1).ok_or(format!("{}: {kind} {marks:?} is lost", self.profile))?;
                }
                _ => {}
            }
        }
        Ok(totals)
    }
}
