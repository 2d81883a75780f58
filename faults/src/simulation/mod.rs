//! The desktop core against a model of the server, in one process, on virtual time.
//!
//! Everything that could differ between runs comes from one seed: what people do and when, how the network and the
//! server behave, when applications crash and machines sleep, every key and every back-off. So a failing seed fails
//! again, in the same place.
//!
//! The core is the real one, down to its SQLite file; only its environment is simulated
//! ([`ringside_core::environment`]). Everything else pauses while a file is written, so that thread scheduling can't
//! affect the order.

mod answer;
mod final_checks;
#[cfg(test)]
mod found;
mod library;
mod machine;
mod many;
mod network;
mod other_version;
mod request;
mod server;
mod signal;
mod tokens;
mod trace;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::people::Somebody;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use ringside_core::bridge::{AccountCalls, LinkState};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use training::wire::{Account, Locale, Role, Studio};
use training::{Category, Exercise, ExerciseId, Field, Person, Round, Session, StudioId, UserId};
use uuid::Uuid;

use self::machine::{Machine, Outcome};
pub use self::many::{Found, many};
use self::network::{Link, Weather};
use self::other_version::Version;
use self::server::Server;
use self::trace::Trace;

/// How long faults are injected.
const BAD_TIMES_S: std::ops::Range<u64> = 30..240;
/// How long recovery may take once faults stop. The longest wait is for a silent stream to time out, followed by a
/// back-off.
const HEALED_WITHIN: Duration = Duration::from_secs(150);

/// The totals of one successful run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Simulated time.
    pub time: Duration,
    /// Acts people did.
    pub acts: u64,
    /// Acts that were done on the server.
    pub done: u64,
    /// Events in all feeds.
    pub events: u64,
    /// Injected faults.
    pub faults: u64,
    /// Applications that crashed.
    pub crashes: u64,
    /// Equal for two runs with the same trace.
    pub fingerprint: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = self.time.as_secs_f64() / 3_600.0;
        let Self { acts, done, events, faults, crashes, .. } = self;
        write!(f, "{hours:.1} simulated hours, {acts} acts, of which {done} were done, {events} events, ")?;
        write!(f, "{faults} faults, {crashes} crashes of an application")
    }
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}, after {:.3} s: {what}", .after.as_secs_f64())]
pub struct Violation {
    /// The run.
    pub seed: u64,
    /// When it was noticed.
    pub after: Duration,
    /// What it was.
    pub what: String,
}

/// Runs one seed. `aloud` prints what happens.
///
/// # Errors
/// The first [`Violation`].
///
/// # Panics
/// When this machine can't run it at all: no temporary directory.
pub fn run(seed: u64, aloud: bool) -> Result<Tally, Violation> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without input or output").block_on(async {
        let memory = Path::new("/dev/shm");
        let disks = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let disks = disks.expect("a temporary directory");
        let began = Instant::now();
        let mut world = World::new(seed, aloud, disks.path());
        let ran = world.run().await;
        let tally = Tally { time: began.elapsed(), fingerprint: world.trace.fingerprint(), ..world.tally };
        match ran {
            Ok(()) => Ok(tally),
            Err(what) => Err(Violation { seed, after: began.elapsed(), what }),
        }
    })
}

struct World {
    random: StdRng,
    server: Arc<Server>,
    machines: Vec<Arc<Mutex<Machine>>>,
    trace: Arc<Trace>,
    tally: Tally,
}

impl World {
    fn new(seed: u64, aloud: bool, disks: &Path) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut fork = || StdRng::seed_from_u64(random.random());
        let trace = Arc::new(Trace::new(aloud));
        let [trainer, mira, jonas] = people();
        let (trainer_id, mira_id, jonas_id) = (trainer.id, mira.id, jonas.id);
        let version = Version::of_seed(seed);
        let server = Arc::new(Server::new(vec![trainer, mira, jonas], exercises(), fork(), version));
        let machines = [
            ("the trainer's desk", trainer_id),
            ("the trainer's laptop", trainer_id),
            ("Mira's studio", mira_id),
            ("Mira's home", mira_id),
            ("Jonas' studio", jonas_id),
        ];
        let machines = machines.into_iter().enumerate().map(|(number, (name, person))| {
            let link = Arc::new(Link::new(name, Arc::clone(&server), fork(), Arc::clone(&trace)));
            let disk = disks.join(number.to_string());
            Arc::new(Mutex::new(Machine::new(
                name,
                person,
                link,
                Arc::clone(&server),
                Arc::clone(&trace),
                disk,
                fork(),
            )))
        });
        let machines = machines.collect();
        Self { random, server, machines, trace, tally: Tally::default() }
    }

    async fn run(&mut self) -> Result<(), String> {
        for machine in &self.machines {
            let mut machine = machine.lock().await;
            machine.open().await;
            let email = format!("{}@example.com", machine.person);
            let agent = machine.agent().expect("it was just opened");
            // The server may already be slow.
            while agent.sign_in(email.clone(), "secret".to_owned()).await.is_err() {}
        }
        let until = Instant::now() + Duration::from_secs(self.random.random_range(BAD_TIMES_S));
        let mut lives = Vec::new();
        for machine in &self.machines {
            let somebody = Somebody::new(machine.lock().await.person, self.random.random(), 1, true);
            lives.push(tokio::spawn(live(Arc::clone(machine), somebody, until)));
        }
        while Instant::now() < until {
            sleep(Duration::from_millis(self.random.random_range(50..4_000))).await;
            self.something_goes_wrong().await;
            self.check().await?;
        }
        for life in lives {
            let crashes = life.await.map_err(|error| format!("a life ended: {error}"))?;
            self.tally.crashes += crashes;
        }
        self.heal().await
    }

    async fn something_goes_wrong(&mut self) {
        self.tally.faults += 1;
        let number = self.random.random_range(0..self.machines.len());
        let machine = Arc::clone(&self.machines[number]);
        match self.random.random_range(0..100) {
            0..60 => {
                // Usually one network, sometimes the whole studio's.
                let weather = Weather::ALL[self.random.random_range(0..Weather::ALL.len())];
                let weather = if self.random.random_ratio(1, 3) { Weather::Clear } else { weather };
                if self.random.random_ratio(1, 5) {
                    for machine in &self.machines {
                        machine.lock().await.link.set(weather);
                    }
                } else {
                    machine.lock().await.link.set(weather);
                }
            }
            60..75 => machine.lock().await.link.cut(),
            75..82 => {
                let time = Duration::from_secs(self.random.random_range(5..7_200));
                machine.lock().await.sleep(time);
            }
            82..92 => {
                if self.server.is_up() && self.random.random_ratio(1, 2) {
                    self.server.drain();
                }
                self.trace.note(|| "the server goes, or comes".to_owned());
                self.server.switch();
            }
            92..97 => {
                let keep = self.random.random_range(0..10);
                self.trace.note(|| format!("the feeds are compacted to {keep}"));
                self.server.compact(keep);
            }
            _ => {
                self.trace.note(|| "the server is restored from a copy".to_owned());
                if self.server.is_up() {
                    self.server.switch();
                }
                self.server.restore();
            }
        }
    }

    async fn check(&self) -> Result<(), String> {
        for machine in &self.machines {
            if let Some(fault) = machine.lock().await.check() {
                return Err(fault);
            }
        }
        Ok(())
    }

    /// Stops all faults: soon everything must be right.
    async fn heal(&mut self) -> Result<(), String> {
        self.trace.note(|| "nothing goes wrong any more".to_owned());
        if !self.server.is_up() {
            self.server.switch();
        }
        for machine in &self.machines {
            machine.lock().await.link.set(Weather::Clear);
        }
        let until = Instant::now() + HEALED_WITHIN;
        loop {
            self.check().await?;
            let missing = self.missing().await;
            match missing {
                None => break,
                Some(missing) if Instant::now() >= until => return Err(format!("it does not heal: {missing}")),
                Some(_) => sleep(Duration::from_millis(500)).await,
            }
        }
        self.check_outcomes().await
    }

    /// What has not recovered yet.
    async fn missing(&self) -> Option<String> {
        for machine in &self.machines {
            let machine = machine.lock().await;
            let Some(view) = machine.view() else { return Some(format!("{} shows nothing", machine.name)) };
            if view.link.state != LinkState::Live || view.link.waiting > 0 {
                return Some(format!("{}: {:?}", machine.name, view.link));
            }
            let mut truth = self.server.truth(machine.person);
            // Their order is up to the window.
            let mut view = view;
            view.documents.sessions.sort_by_key(|session| session.id);
            truth.documents.sessions.sort_by_key(|session| session.id);
            // Changes to drafts also raise the version, but an athlete is not sent them.
            for session in view.documents.sessions.iter_mut().chain(&mut truth.documents.sessions) {
                if session.athlete.id == machine.person {
                    session.version = 0;
                }
            }
            if view.documents.sessions != truth.documents.sessions {
                let (shown, real) = difference(&view.documents.sessions, &truth.documents.sessions);
                return Some(format!("{} shows {shown}, not {real}", machine.name));
            }
            for exercises in [&mut view.documents.exercises, &mut truth.documents.exercises] {
                exercises.sort_by_key(|exercise| exercise.id);
            }
            if view.me.as_ref() != Some(&truth.me)
                || view.athletes != truth.athletes
                || view.documents.exercises != truth.documents.exercises
            {
                return Some(format!("{} knows other people or exercises", machine.name));
            }
        }
        None
    }
}

/// The first session, or the first of its rounds, in which two lists differ.
fn difference(shown: &[Session], real: &[Session]) -> (String, String) {
    let ids = |sessions: &[Session]| format!("{:?}", sessions.iter().map(|session| session.id).collect::<Vec<_>>());
    let differs = shown.iter().zip(real).find(|(shown, real)| shown != real);
    let Some((shown, real)) = differs.filter(|_| ids(shown) == ids(real)) else { return (ids(shown), ids(real)) };
    let rounds = shown.rounds.iter().zip(&real.rounds).find(|(shown, real)| shown != real);
    match rounds {
        Some((shown, real)) if shown.id == real.id => (short(shown), short(real)),
        _ => (format!("{shown:?}"), format!("{real:?}")),
    }
}

fn short(round: &Round) -> String {
    let done: Vec<_> = round.exercises.iter().map(|item| item.actual.and_then(|actual| actual.reps)).collect();
    format!("round {} {:?} at {}, {done:?}", round.number, round.status, round.version)
}

/// Simulates a person at a machine until `until`; returns how often its application crashed.
async fn live(machine: Arc<Mutex<Machine>>, mut somebody: Somebody, until: Instant) -> u64 {
    let mut crashes = 0;
    while Instant::now() < until {
        sleep(Duration::from_millis(somebody.random().random_range(20..6_000))).await;
        let mut here = machine.lock().await;
        if !here.is_running() || somebody.random().random_ratio(1, 25) {
            crashes += 1;
            here.crash().await;
            drop(here);
            sleep(Duration::from_millis(somebody.random().random_range(0..4_000))).await;
            machine.lock().await.open().await;
            continue;
        }
        let (Some(view), Some(agent), Some(over)) = (here.view(), here.agent(), here.over()) else { continue };
        if somebody.random().random_ratio(1, 20) {
            here.crash_after(somebody.random().random_range(1..6));
        }
        let act = somebody.next(&view);
        let keys = here.keys().len();
        drop(here);
        let mut acting = tokio::spawn(act.clone().perform(agent));
        let outcome = tokio::select! {
            biased;
            acted = &mut acting => match acted {
                Ok(Ok(())) => Outcome::Ok,
                Ok(Err(failure)) => Outcome::Failed(failure),
                Err(_unwound) => Outcome::Crashed,
            },
            () = over.until(|over| over) => {
                acting.abort();
                acting.await.ok();
                Outcome::Crashed
            }
        };
        let mut here = machine.lock().await;
        let outcome = if here.is_running() { outcome } else { Outcome::Crashed };
        here.note(act, keys, outcome);
    }
    let mut here = machine.lock().await;
    if !here.is_running() {
        crashes += 1;
        here.crash().await;
        here.open().await;
    }
    here.crash_after(0);
    crashes
}

fn people() -> [Account; 3] {
    let studio = Studio { id: StudioId(Uuid::from_u128(7)), name: "Studio".to_owned() };
    let account = |number: u128, name: &str, role, trainer| {
        let id = UserId(Uuid::from_u128(number));
        Account {
            id,
            name: name.to_owned(),
            email: format!("{id}@example.com"),
            roles: vec![role],
            locale: Locale::De,
            studio: studio.clone(),
            trainer,
        }
    };
    let alva = account(1, "Alva", Role::Trainer, None);
    let trainer = Person { id: alva.id, name: alva.name.clone() };
    let mira = account(2, "Mira", Role::Athlete, Some(trainer.clone()));
    let jonas = account(3, "Jonas", Role::Athlete, Some(trainer));
    [alva, mira, jonas]
}

fn exercises() -> Vec<Exercise> {
    let exercise = |number: u128| Exercise {
        id: ExerciseId(Uuid::from_u128(100 + number)),
        name: format!("Übung {number}"),
        aliases: Vec::new(),
        category: Category::Legs,
        fields: vec![Field::Reps, Field::Weight],
        muscles: Vec::new(),
        cue: None,
        video: None,
        archived: false,
        version: 1,
    };
    (0..6).map(exercise).collect()
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.time += other.time;
        self.acts += other.acts;
        self.done += other.done;
        self.events += other.events;
        self.faults += other.faults;
        self.crashes += other.crashes;
        self.fingerprint = self.fingerprint.rotate_left(1) ^ other.fingerprint;
    }
}
