//! One machine: its clock, its disk, and the application that runs on it until it crashes.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::Rng;
use rand::rngs::StdRng;
use ringside_core::bridge::{AccountCalls, Failure, LinkState, Message, View};
use ringside_core::environment::{Environment, Transport, TransportError};
use ringside_core::{Agent, Home, Options, ServerUrl, Vault};
use system_tests::show;
use tokio::time::Instant;
use training::{Document, EntityRef, UserId};
use uuid::Uuid;

use super::network::Link;
use super::server::Server;
use super::signal::Signal;
use super::trace::Trace;
use super::transport::SimulatedTransport;
use crate::people::Act;

/// How soon after its commit a machine that claims to be live must show an event, unless its stream is delivering
/// earlier ones: a stream may be silent for 20 s before it counts as dead, and a slow network adds to that.
const MAX_EVENT_DELAY: Duration = Duration::from_secs(27);

/// See the module.
pub(super) struct Machine {
    pub(super) name: &'static str,
    pub(super) person: UserId,
    pub(super) link: Arc<Link>,
    server: Arc<Server>,
    trace: Arc<Trace>,
    disk: PathBuf,
    vault: Vault,
    clock: Arc<Clock>,
    running: Option<Running>,
    pub(super) acts: Vec<ActRecord>,
    pub(super) faults: Arc<Mutex<Vec<String>>>,
}

/// The machine's own state, which outlives the application.
struct Clock {
    began: Instant,
    /// How far it is off, in milliseconds, including the time that the machine has slept.
    offset_ms: AtomicI64,
    random: Mutex<StdRng>,
    keys: Mutex<Vec<Uuid>>,
    /// After how many writes to the disk the application crashes; 0 for never.
    crashes_after: AtomicU64,
}

/// An act and its outcome.
#[derive(Clone, Debug)]
pub(super) struct ActRecord {
    pub(super) act: Act,
    /// The idempotency keys that were made for it.
    pub(super) keys: Vec<Uuid>,
    pub(super) outcome: Outcome,
}

/// What a person was told about their act.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// It is done or queued.
    Ok,
    /// It failed, and why, for the trace.
    Failed(#[expect(dead_code, reason = "printed with the rest")] Failure),
    /// Nothing: the application crashed.
    Crashed,
}

impl From<Result<(), Failure>> for Outcome {
    fn from(performed: Result<(), Failure>) -> Self {
        performed.map_or_else(Self::Failed, |()| Self::Ok)
    }
}

struct Running {
    agent: Arc<Agent>,
    shown: Arc<Mutex<Option<View>>>,
    /// Since when it has claimed to be live.
    live_since: Arc<Mutex<Option<Instant>>>,
    crashed: Arc<Signal<bool>>,
}

/// The environment of one run of the application.
struct SimulatedEnvironment {
    clock: Arc<Clock>,
    link: Arc<Link>,
    crashed: Arc<Signal<bool>>,
}

/// The payload a crash unwinds with: it is no panic and prints no message.
struct Crash;

impl Environment for SimulatedEnvironment {
    fn now(&self) -> jiff::Timestamp {
        let began = jiff::Timestamp::from_second(1_800_000_000).expect("an instant");
        let off = jiff::SignedDuration::from_millis(self.clock.offset_ms.load(Ordering::Relaxed));
        began + self.clock.began.elapsed() + off
    }

    fn random_seed(&self) -> u64 {
        lock(&self.clock.random).random()
    }

    fn new_key(&self) -> Uuid {
        let ms = u64::try_from(self.now().as_millisecond()).expect("after 1970");
        let key = uuid::Builder::from_unix_timestamp_millis(ms, &lock(&self.clock.random).random()).into_uuid();
        lock(&self.clock.keys).push(key);
        key
    }

    fn connect(&self, _: &ServerUrl) -> Result<Arc<dyn Transport>, TransportError> {
        Ok(Arc::new(SimulatedTransport { link: Arc::clone(&self.link), crashed: Arc::clone(&self.crashed) }))
    }

    fn blocks_on_files(&self) -> bool {
        true
    }

    fn on_commit(&self) {
        let left = self.clock.crashes_after.load(Ordering::Relaxed);
        if left > 0 {
            self.clock.crashes_after.store(left - 1, Ordering::Relaxed);
            if left == 1 {
                self.crashed.set(true);
            }
        }
        if self.crashed.get() {
            std::panic::resume_unwind(Box::new(Crash));
        }
    }
}

impl Machine {
    pub(super) fn new(
        name: &'static str,
        person: UserId,
        link: Arc<Link>,
        server: Arc<Server>,
        trace: Arc<Trace>,
        disk: PathBuf,
        mut random: StdRng,
    ) -> Self {
        // Every clock is wrong, some by a day.
        let offset_ms = random.random_range(-86_400_000..86_400_000);
        let clock = Clock {
            began: Instant::now(),
            offset_ms: AtomicI64::new(offset_ms),
            random: Mutex::new(random),
            keys: Mutex::default(),
            crashes_after: AtomicU64::new(0),
        };
        Self {
            name,
            person,
            link,
            server,
            trace,
            disk,
            vault: Vault::in_memory(),
            clock: Arc::new(clock),
            running: None,
            acts: Vec::new(),
            faults: Arc::default(),
        }
    }

    /// Starts the application.
    pub(super) async fn open(&mut self) {
        self.trace.log(|| format!("{}: the application is started", self.name));
        let shown: Arc<Mutex<Option<View>>> = Arc::default();
        let (crashed, live_since) = (Arc::new(Signal::new(false)), Arc::default());
        let environment = SimulatedEnvironment {
            clock: Arc::clone(&self.clock),
            link: Arc::clone(&self.link),
            crashed: Arc::clone(&crashed),
        };
        let options = Options {
            home: Home::new(&self.disk),
            profile: "simulated".parse().expect("a profile's name"),
            server: Some("http://127.0.0.1:1".parse().expect("an address")),
            app_version: "0.0.0".to_owned(),
            vault: Some(self.vault.clone()),
            environment: Arc::new(environment),
            updater: None,
            host: None,
            emit: Arc::new(self.message_handler(&shown, &live_since, &crashed)),
        };
        let agent = Arc::new(Agent::open(options).await.expect("a profile that can be opened"));
        agent.view().await.expect("a view");
        self.running = Some(Running { agent, shown, live_since, crashed });
    }

    /// Receives the application's messages as a window does, and records faults in them.
    fn message_handler(
        &self,
        shown: &Arc<Mutex<Option<View>>>,
        live_since: &Arc<Mutex<Option<Instant>>>,
        crashed: &Arc<Signal<bool>>,
    ) -> impl Fn(Message) + Send + Sync + use<> {
        let (shown, crashed, faults) = (Arc::clone(shown), Arc::clone(crashed), Arc::clone(&self.faults));
        let live_since = Arc::clone(live_since);
        let (trace, name) = (Arc::clone(&self.trace), self.name);
        move |message| {
            if crashed.get() {
                return;
            }
            trace.log(|| format!("{name} is told {}", summary(&message)));
            let mut shown = lock(&shown);
            if let Some(fault) = show(&mut shown, message) {
                lock(&faults).push(format!("{name}: {fault}"));
            }
            let is_live = shown.as_ref().is_some_and(|view| view.link.state == LinkState::Live);
            let mut live_since = lock(&live_since);
            *live_since = is_live.then(|| live_since.unwrap_or_else(Instant::now));
        }
    }

    /// The current view.
    pub(super) fn view(&self) -> Option<View> {
        lock(&self.running.as_ref()?.shown).clone()
    }

    pub(super) fn agent(&self) -> Option<Arc<Agent>> {
        self.running.as_ref().map(|running| Arc::clone(&running.agent))
    }

    /// Set once the current run of the application has crashed.
    pub(super) fn crash_signal(&self) -> Option<Arc<Signal<bool>>> {
        self.running.as_ref().map(|running| Arc::clone(&running.crashed))
    }

    /// Whether the application is running and has not crashed.
    pub(super) fn is_running(&self) -> bool {
        self.running.as_ref().is_some_and(|running| !running.crashed.get())
    }

    /// Kills the application at this moment, whatever it is doing.
    pub(super) async fn crash(&mut self) {
        self.trace.log(|| format!("{}: the application is ended", self.name));
        self.clock.crashes_after.store(0, Ordering::Relaxed);
        if let Some(running) = self.running.take() {
            running.crashed.set(true);
        }
        // Pending vault writes of a crashed application must not arrive.
        let vault = Vault::in_memory();
        if let (Some(secret), _) = self.vault.read().await {
            vault.write(&secret).await;
        }
        self.vault = vault;
    }

    /// Makes the application crash after this many writes to the disk.
    pub(super) fn crash_after(&self, writes: u64) {
        self.clock.crashes_after.store(writes, Ordering::Relaxed);
    }

    /// Puts the machine to sleep: its clock goes on, and open connections are dead when it wakes.
    pub(super) fn sleep(&self, time: Duration) {
        self.trace.log(|| format!("{}: sleeps for {time:?}", self.name));
        let ms = i64::try_from(time.as_millis()).expect("not that long");
        self.clock.offset_ms.fetch_add(ms, Ordering::Relaxed);
        self.link.break_connections();
    }

    /// How many keys were made so far.
    pub(super) fn keys(&self) -> Vec<Uuid> {
        lock(&self.clock.keys).clone()
    }

    /// Records what somebody did, at once if it is more than one act, and what they were told; without outcomes, nothing.
    pub(super) fn record(&mut self, acts: Vec<Act>, keys_before: usize, outcomes: Vec<Outcome>) {
        let mut keys = self.keys()[keys_before..].to_vec();
        let (is_running, single) = (self.is_running(), acts.len() == 1);
        let mut outcomes = outcomes.into_iter().filter(|_| is_running);
        for act in acts {
            // Of several acts each makes one key, in their order.
            let keys = if single { std::mem::take(&mut keys) } else { keys.drain(..1.min(keys.len())).collect() };
            let outcome = outcomes.next().unwrap_or(Outcome::Crashed);
            self.trace.log(|| format!("{}: {act:?} → {outcome:?}", self.name));
            self.acts.push(ActRecord { act, keys, outcome });
        }
    }

    /// What is wrong with the current view.
    pub(super) fn check(&self) -> Option<String> {
        if let Some(fault) = lock(&self.faults).first() {
            return Some(fault.clone());
        }
        let view = self.view().filter(|_| self.is_running())?;
        if view.signed_out.is_some() {
            return Some(format!(
                "{}: signed out, although nobody ended the sign-in: {:?}",
                self.name, view.signed_out
            ));
        }
        let moment = Instant::now().checked_sub(MAX_EVENT_DELAY)?;
        let live_since = *lock(&self.running.as_ref()?.live_since);
        // A stream on a slow network may lag, but then it keeps delivering.
        let is_lagging = self.link.last_event().is_some_and(|delivered| delivered > moment);
        if live_since.is_none_or(|since| since > moment) || is_lagging {
            return None;
        }
        for (id, version) in self.server.versions_before(self.person, moment) {
            let shown = version_shown(&view, id);
            // What somebody has deleted is gone from their window before the server knows.
            if shown.is_none() && view.link.waiting > 0 && self.has_removed(id) {
                continue;
            }
            if shown.is_none_or(|shown| shown < version) {
                return Some(format!("{}: it is live and shows {shown:?} of {id}, not {version}", self.name));
            }
        }
        None
    }

    /// Whether somebody has deleted it here, or archived it.
    fn has_removed(&self, entity: EntityRef) -> bool {
        self.acts.iter().any(|record| record.act.removed_entity() == Some(entity))
    }
}

fn version_shown(view: &View, entity: EntityRef) -> Option<u64> {
    let documents = view.documents.clone().into_documents();
    documents.filter(|document| document.entity_ref() == entity).map(|document| document.version()).next()
}

fn summary(message: &Message) -> String {
    match message {
        Message::View { view } => {
            let versions: Vec<u64> = view.documents.sessions.iter().map(|session| session.version).collect();
            format!("everything: {:?}, {versions:?}", view.link)
        }
        Message::Entity { document, cause, .. } => {
            let event = cause.map_or_else(|| "a change".to_owned(), |cause| cause.event.to_string());
            let document = Document::from((**document).clone());
            format!("{event}: {} at {}", document.entity_ref(), document.version())
        }
        Message::Gone { entity, .. } => format!("of the end of {entity}"),
        Message::Account { account } => {
            format!("of the account at version {:?}", account.me.as_ref().map(|me| me.version))
        }
        Message::Refused { refused } => format!("of {} refusals", refused.len()),
        Message::Presence { presence } => format!("{presence:?}"),
        Message::Uploads { uploads } => format!("of {} uploads", uploads.len()),
        Message::Link { link, .. } => format!("{link:?}"),
        Message::Update { update } => format!("{update:?}"),
        Message::Kiosk { .. }
        | Message::Open { .. }
        | Message::Reveal { .. }
        | Message::LinkOpened
        | Message::Closing => "something of a window".to_owned(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
