//! The real programs with everything going wrong: the server, and users without windows, each a process of its own that
//! is killed at any moment, behind networks that break.
//!
//! Faults are injected for some seconds; then they stop and everything has to be right. The tests sleep on purpose: the
//! faults need real time.

mod history;
mod person;
mod uploads;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{AddAssign, Range};
use std::time::Duration;

use futures_util::StreamExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use system_tests::{Database, Desktop, Device, IN_TIME, NetworkCondition, Postgres, Proxy, Server};
use tokio::time::{Instant, sleep};
use training::Session;

use self::history::History;
pub use self::person::Line;
use self::person::Person;
pub use self::uploads::kill_uploads;

/// How long faults are injected in a run, in milliseconds.
const FAULT_PHASE_MS: std::ops::Range<u64> = 3_000..8_000;
/// How long recovery may take: a silent stream is given up after 20 s.
const RECOVERY_TIMEOUT: Duration = IN_TIME.saturating_mul(2);

/// The totals of successful runs.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Runs in which all was well.
    pub runs: u64,
    /// The injected faults, and how often each.
    pub faults: BTreeMap<&'static str, u64>,
    /// Acts people tried.
    pub acts: u64,
    /// Acts reported to them as done or queued.
    pub accepted: u64,
    /// Of those, acts that were finally refused and are shown as refused.
    pub refused: u64,
    /// Events the trainers received.
    pub events: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.acts += other.acts;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.events += other.events;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, faults, acts, accepted, refused, events } = self;
        let all: u64 = faults.values().sum();
        writeln!(f, "| What went wrong | How often |\n| --- | ---: |")?;
        for (fault, count) in faults {
            writeln!(f, "| {fault} | {count} |")?;
        }
        writeln!(f, "\n{runs} runs, {all} faults, {acts} acts tried, {accepted} accepted, of which {refused} were")?;
        write!(f, "refused in the end and are shown so; {events} events sent to the trainers")
    }
}

/// The database of a run's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// The embedded one.
    Sqlite,
    /// A new one in the cluster of `RINGSIDE_TEST_POSTGRES`.
    Postgres,
}

/// Runs one seed on a desktop, whose keyring keeps the sign-ins.
///
/// # Errors
/// What was lost, doubled or wrong; or why it could not be tried.
pub async fn run(desktop: &Desktop, seed: u64, on: DatabaseKind) -> Result<Tally, String> {
    let postgres =
        if on == DatabaseKind::Postgres { Some(Postgres::empty().map_err(|e| e.to_string())?) } else { None };
    let database = postgres.as_ref().map_or(Database::Sqlite, |database| Database::Postgres(database.url()));
    // Short-lived tokens, so that some expire during the run.
    let server = Server::start_on(database).and_then(|server| server.with_access_tokens_for(10));
    let mut run = FaultRun::new(desktop, seed, server.map_err(|error| error.to_string())?).await?;
    let outcome = run.inject_and_check().await;
    outcome.map(|()| run.tally).map_err(|what| format!("seed {seed} on {on:?}: {what}"))
}

/// The results of many runs.
#[derive(Clone, Debug, Default)]
pub struct BatchResult {
    /// The totals of the successful runs.
    pub tally: Tally,
    /// The failures of the others.
    pub violations: Vec<String>,
}

/// Runs these seeds, some side by side, on SQLite and on Postgres in turn.
///
/// # Errors
/// Why there is no desktop to run them on.
pub fn run_many(seeds: Range<u64>, concurrency: usize) -> Result<BatchResult, String> {
    let desktop = Desktop::start().map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let runs = futures_util::stream::iter(seeds).map(|seed| {
        let on = if seed.is_multiple_of(2) { DatabaseKind::Sqlite } else { DatabaseKind::Postgres };
        run(&desktop, seed, on)
    });
    let outcomes: Vec<_> = runtime.block_on(runs.buffer_unordered(concurrency).collect());
    let mut batch = BatchResult::default();
    for outcome in outcomes {
        match outcome {
            Ok(tally) => batch.tally += tally,
            Err(violation) => batch.violations.push(violation),
        }
    }
    Ok(batch)
}

struct FaultRun<'a> {
    desktop: &'a Desktop,
    server: Server,
    people: Vec<Person>,
    random: StdRng,
    tally: Tally,
}

impl<'a> FaultRun<'a> {
    async fn new(desktop: &'a Desktop, seed: u64, server: Server) -> Result<Self, String> {
        let mut run =
            Self { desktop, server, people: Vec::new(), random: StdRng::seed_from_u64(seed), tally: Tally::default() };
        for (number, role) in ["trainer", "athlete", "athlete"].into_iter().enumerate() {
            let account = run.server.first(role).map_err(|error| error.to_string())?.clone();
            let network = Proxy::in_front_of(run.server.url()).await.map_err(|error| error.to_string())?;
            let profile = format!("run-{seed}-{number}");
            let mut person =
                Person::new(profile, account, network, u32::try_from(number).expect("three") * 100_000 + 1);
            person.start(desktop, run.random.random())?;
            run.people.push(person);
        }
        Ok(run)
    }

    async fn inject_and_check(&mut self) -> Result<(), String> {
        for person in &mut self.people {
            person.wait_for_view(|view| view["link"]["state"] == "live").await?;
        }
        let until = Instant::now() + Duration::from_millis(self.random.random_range(FAULT_PHASE_MS));
        while Instant::now() < until {
            sleep(Duration::from_millis(self.random.random_range(30..500))).await;
            self.inject_fault().await?;
        }
        self.recover().await?;
        self.check_outcomes().await?;
        self.check_derived()
    }

    async fn inject_fault(&mut self) -> Result<(), String> {
        let number = self.random.random_range(0..self.people.len());
        let fault = match self.random.random_range(0..100) {
            0..70 => {
                let (fault, condition) = self.choose_condition();
                if self.random.random_ratio(1, 5) {
                    self.people.iter().for_each(|person| person.network.set(condition.clone()));
                } else {
                    self.people[number].network.set(condition);
                }
                fault
            }
            70..82 => {
                self.server.kill();
                sleep(Duration::from_millis(self.random.random_range(0..900))).await;
                self.server.start_again().map_err(|error| error.to_string())?;
                "the server is killed, and started again"
            }
            82..86 => {
                self.server.stop().map_err(|error| error.to_string())?;
                self.server.start_again().map_err(|error| error.to_string())?;
                "the server is restarted by its operator"
            }
            _ => {
                let seed = self.random.random();
                self.people[number].kill().await;
                sleep(Duration::from_millis(self.random.random_range(0..400))).await;
                self.people[number].start(self.desktop, seed)?;
                "an application is killed, and started again"
            }
        };
        *self.tally.faults.entry(fault).or_default() += 1;
        Ok(())
    }

    fn choose_condition(&mut self) -> (&'static str, NetworkCondition) {
        let late = Duration::from_millis(self.random.random_range(50..1_500));
        let cut = self.random.random_range(0..3_000);
        let all = [
            ("the network works again", NetworkCondition::Normal),
            ("the network works again", NetworkCondition::Normal),
            ("the network works again", NetworkCondition::Normal),
            ("the network is gone", NetworkCondition::Down),
            ("connections are reset", NetworkCondition::Reset),
            ("connections hang silently", NetworkCondition::Frozen),
            ("everything is delayed", NetworkCondition::Delayed(late)),
            ("the bandwidth is low", NetworkCondition::Throttled(4_000)),
            ("each byte is delivered separately", NetworkCondition::ByteByByte),
            ("answers are cut off", NetworkCondition::CutAfter(cut)),
            ("streams are held back", NetworkCondition::Buffering),
            ("a gateway answers that it reaches nobody", NetworkCondition::gateway_error(502)),
            ("a captive portal answers everything", NetworkCondition::captive_portal()),
        ];
        all.choose(&mut self.random).expect("the list is not empty").clone()
    }

    /// Stops all faults: soon everyone must be live and show what the server has.
    async fn recover(&mut self) -> Result<(), String> {
        for person in &mut self.people {
            person.network.set(NetworkCondition::Normal);
            person.stop_working().await;
        }
        let until = Instant::now() + RECOVERY_TIMEOUT;
        for person in &mut self.people {
            let is_synced = |view: &Value| view["link"]["state"] == "live" && view["link"]["waiting"] == 0;
            person.wait_for_view_until(until, is_synced).await?;
        }
        for person in &mut self.people {
            let device = Device::sign_in(&self.server, &person.account).await.map_err(|error| error.to_string())?;
            let truth = device.snapshot().await.map_err(|error| error.to_string())?;
            let truth = sessions(&truth, person.is_athlete());
            let is_athlete = person.is_athlete();
            person.wait_for_view_until(until, |view| sessions(view, is_athlete) == truth).await?;
        }
        Ok(())
    }

    /// Checks that every act ended as its outcome was reported.
    async fn check_outcomes(&mut self) -> Result<(), String> {
        let trainer =
            Device::sign_in(&self.server, &self.people[0].account).await.map_err(|error| error.to_string())?;
        let history = History::of(&trainer).await?;
        self.tally.runs = 1;
        self.tally.events = history.events;
        for person in &mut self.people {
            person.end().await;
            let totals = person.check_outcomes(&history)?;
            self.tally.acts += totals.acts;
            self.tally.accepted += totals.accepted;
            self.tally.refused += totals.refused;
        }
        Ok(())
    }

    /// Checks that sets, statistics, bests and records are what follows from the sessions.
    fn check_derived(&self) -> Result<(), String> {
        self.server.run(&["admin", "rebuild"]).map(drop).map_err(|error| error.to_string())
    }
}

/// The sessions of a view or a snapshot, in order. Changes to drafts also raise the version, but an athlete is not sent
/// them.
fn sessions(of: &Value, is_athlete: bool) -> Vec<Session> {
    let mut sessions: Vec<Session> = serde_json::from_value(of["sessions"].clone()).unwrap_or_default();
    sessions.sort_by_key(|session| session.id);
    if is_athlete {
        for session in &mut sessions {
            session.version = 0;
        }
    }
    sessions
}
