//! The real programs with everything going wrong: the server, and users without windows, each a process of its own that
//! is killed at any moment, behind networks that break.
//!
//! Faults are injected for some seconds; then they stop and everything has to be right. The tests sleep on purpose: the
//! faults need real time.

mod history;
mod person;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{AddAssign, Range};
use std::time::Duration;

use futures_util::StreamExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use system_tests::{Database, Desktop, Device, Postgres, Proxy, Server, Weather};
use tokio::time::{Instant, sleep};
use training::Session;

use self::history::History;
pub use self::person::Line;
use self::person::Person;

/// How long faults are injected in a run, in milliseconds.
const BAD_TIMES_MS: std::ops::Range<u64> = 3_000..8_000;
/// How long recovery may take: a silent stream is given up after 20 s.
const HEALED_WITHIN: Duration = Duration::from_secs(100);

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
    pub promised: u64,
    /// Of those, acts that were finally refused and are shown as refused.
    pub refused: u64,
    /// Events the trainers received.
    pub events: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.acts += other.acts;
        self.promised += other.promised;
        self.refused += other.refused;
        self.events += other.events;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, faults, acts, promised, refused, events } = self;
        let all: u64 = faults.values().sum();
        writeln!(f, "| What went wrong | How often |\n| --- | ---: |")?;
        for (fault, count) in faults {
            writeln!(f, "| {fault} | {count} |")?;
        }
        writeln!(f, "\n{runs} runs, {all} faults, {acts} acts tried, {promised} promised, of which {refused} were")?;
        write!(f, "refused in the end and are shown so; {events} events told to the trainers")
    }
}

/// The database of a run's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The embedded one.
    Sqlite,
    /// A new one in the cluster of `RINGSIDE_TEST_POSTGRES`.
    Postgres,
}

/// Runs one seed on a desktop, whose keyring keeps the sign-ins.
///
/// # Errors
/// What was lost, doubled or wrong; or why it could not be tried.
pub async fn run(desktop: &Desktop, seed: u64, on: On) -> Result<Tally, String> {
    let postgres = if on == On::Postgres { Some(Postgres::empty().map_err(|e| e.to_string())?) } else { None };
    let database = postgres.as_ref().map_or(Database::Sqlite, |database| Database::Postgres(database.url()));
    // Short-lived tokens, so that some expire during the run.
    let server = Server::start_on(database).and_then(|server| server.with_access_tokens_for(10));
    let mut hunt = Hunt::begin(desktop, seed, server.map_err(|error| error.to_string())?).await?;
    let outcome = hunt.hunt().await;
    outcome.map(|()| hunt.tally).map_err(|what| format!("seed {seed} on {on:?}: {what}"))
}

/// The results of many runs.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The totals of the successful runs.
    pub tally: Tally,
    /// The failures of the others.
    pub violations: Vec<String>,
}

/// Runs these seeds, some side by side, on SQLite and on Postgres in turn.
///
/// # Errors
/// Why there is no desktop to run them on.
pub fn many(seeds: Range<u64>, side_by_side: usize) -> Result<Found, String> {
    let desktop = Desktop::start().map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let runs = futures_util::stream::iter(seeds).map(|seed| {
        let on = if seed.is_multiple_of(2) { On::Sqlite } else { On::Postgres };
        run(&desktop, seed, on)
    });
    let outcomes: Vec<_> = runtime.block_on(runs.buffer_unordered(side_by_side).collect());
    let mut found = Found::default();
    for outcome in outcomes {
        match outcome {
            Ok(tally) => found.tally += tally,
            Err(violation) => found.violations.push(violation),
        }
    }
    Ok(found)
}

struct Hunt<'a> {
    desktop: &'a Desktop,
    server: Server,
    people: Vec<Person>,
    random: StdRng,
    tally: Tally,
}

impl<'a> Hunt<'a> {
    async fn begin(desktop: &'a Desktop, seed: u64, server: Server) -> Result<Self, String> {
        let mut hunt =
            Self { desktop, server, people: Vec::new(), random: StdRng::seed_from_u64(seed), tally: Tally::default() };
        for (number, role) in ["trainer", "athlete", "athlete"].into_iter().enumerate() {
            let account = hunt.server.first(role).map_err(|error| error.to_string())?.clone();
            let network = Proxy::before(hunt.server.url()).await.map_err(|error| error.to_string())?;
            let profile = format!("run-{seed}-{number}");
            let mut person =
                Person::new(profile, account, network, u32::try_from(number).expect("three") * 100_000 + 1);
            person.start(desktop, hunt.random.random())?;
            hunt.people.push(person);
        }
        Ok(hunt)
    }

    async fn hunt(&mut self) -> Result<(), String> {
        for person in &mut self.people {
            person.shows(|view| view["link"]["state"] == "live").await?;
        }
        let until = Instant::now() + Duration::from_millis(self.random.random_range(BAD_TIMES_MS));
        while Instant::now() < until {
            sleep(Duration::from_millis(self.random.random_range(30..500))).await;
            self.something_goes_wrong().await?;
        }
        self.heal().await?;
        self.account().await
    }

    async fn something_goes_wrong(&mut self) -> Result<(), String> {
        let number = self.random.random_range(0..self.people.len());
        let fault = match self.random.random_range(0..100) {
            0..70 => {
                let (fault, weather) = self.weather();
                if self.random.random_ratio(1, 5) {
                    self.people.iter().for_each(|person| person.network.set(weather.clone()));
                } else {
                    self.people[number].network.set(weather);
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

    fn weather(&mut self) -> (&'static str, Weather) {
        let late = Duration::from_millis(self.random.random_range(50..1_500));
        let cut = self.random.random_range(0..3_000);
        let all = [
            ("the network is well again", Weather::Clear),
            ("the network is well again", Weather::Clear),
            ("the network is well again", Weather::Clear),
            ("the network is gone", Weather::Down),
            ("connections are reset", Weather::Reset),
            ("nothing passes, and nothing says so", Weather::Frozen),
            ("everything is late", Weather::Late(late)),
            ("little passes", Weather::Narrow(4_000)),
            ("each byte travels by itself", Weather::Crumbs),
            ("answers are cut", Weather::CutAfter(cut)),
            ("streams are held back", Weather::Buffering),
            ("a gateway answers that it reaches nobody", Weather::gateway_error(502)),
            ("a captive portal answers everything", Weather::captive_portal()),
        ];
        all.choose(&mut self.random).expect("there is some weather").clone()
    }

    /// Stops all faults: soon everybody must be live and show what the server has.
    async fn heal(&mut self) -> Result<(), String> {
        for person in &mut self.people {
            person.network.set(Weather::Clear);
            person.stop_working().await;
        }
        let until = Instant::now() + HEALED_WITHIN;
        for person in &mut self.people {
            let settled = |view: &Value| view["link"]["state"] == "live" && view["link"]["waiting"] == 0;
            person.shows_until(until, settled).await?;
        }
        for person in &mut self.people {
            let device = Device::sign_in(&self.server, &person.account).await.map_err(|error| error.to_string())?;
            let truth = device.snapshot().await.map_err(|error| error.to_string())?;
            let truth = sessions(&truth, person.is_athlete());
            let is_athlete = person.is_athlete();
            person.shows_until(until, |view| sessions(view, is_athlete) == truth).await?;
        }
        Ok(())
    }

    /// Checks that the outcome of every act matches what its person was told.
    async fn account(&mut self) -> Result<(), String> {
        let trainer =
            Device::sign_in(&self.server, &self.people[0].account).await.map_err(|error| error.to_string())?;
        let history = History::of(&trainer).await?;
        self.tally.runs = 1;
        self.tally.events = history.events;
        for person in &mut self.people {
            person.end().await;
            let account = person.account(&history)?;
            self.tally.acts += account.acts;
            self.tally.promised += account.promised;
            self.tally.refused += account.refused;
        }
        Ok(())
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
