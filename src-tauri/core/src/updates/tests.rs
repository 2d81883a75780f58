//! When updates are checked for, and what is emitted meanwhile, on virtual time.

use std::collections::{BTreeSet, VecDeque};
use std::future::pending;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use rand::SeedableRng;
use rand::rngs::StdRng;
use semver::Version;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::{Instant, advance};

use super::{Question, Release, UpdateContext, UpdateRequests, Updater, keep_current};
use crate::address::ServerUrl;
use crate::bridge::{Update, UpdateProblem};
use crate::home::Home;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// An installation on virtual time that nobody trains on.
struct Installation {
    home: Home,
    began: Instant,
    /// By how many seconds the wall clock was set.
    set_by_s: AtomicI64,
    draws: AtomicU64,
    requests: UpdateRequests,
    sleeps: watch::Sender<u64>,
    reported: Mutex<Vec<Update>>,
    _disk: TempDir,
}

impl Installation {
    fn new() -> Self {
        let disk = tempfile::tempdir().expect("a temporary directory");
        Self {
            home: Home::new(disk.path()),
            began: Instant::now(),
            set_by_s: AtomicI64::new(0),
            draws: AtomicU64::new(0),
            requests: UpdateRequests::default(),
            sleeps: watch::Sender::new(0),
            reported: Mutex::default(),
            _disk: disk,
        }
    }

    /// Sets the wall clock, as a person does or as happens when the machine slept.
    fn set_clock(&self, by: SignedDuration) {
        self.set_by_s.fetch_add(by.as_secs(), Ordering::Relaxed);
    }

    /// Runs the update task until `done`.
    async fn current_until(&self, updater: &Arc<Script>, done: impl Future<Output = ()>) {
        tokio::select! {
            biased;
            () = done => {}
            () = keep_current(self, Arc::clone(updater) as _, async {}.boxed()) => {}
        }
    }
}

impl UpdateContext for Installation {
    fn home(&self) -> &Home {
        &self.home
    }

    fn server(&self) -> ServerUrl {
        "https://ringside.example".parse().expect("an address")
    }

    fn update(&self) -> Update {
        lock(&self.reported).last().cloned().unwrap_or(Update::Unknown)
    }

    fn emit_update(&self, update: Update) {
        lock(&self.reported).push(update);
    }

    fn requests(&self) -> &UpdateRequests {
        &self.requests
    }

    async fn is_in_session(&self) -> bool {
        false
    }

    async fn wait_until_out_of_session(&self) {}

    async fn wait_until_in_session(&self) {
        pending::<()>().await;
    }

    fn sleeps(&self) -> watch::Receiver<u64> {
        self.sleeps.subscribe()
    }

    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.began.elapsed() + SignedDuration::from_secs(self.set_by_s.load(Ordering::Relaxed))
    }

    fn rng(&self) -> StdRng {
        StdRng::seed_from_u64(self.draws.fetch_add(1, Ordering::Relaxed))
    }
}

/// A mock: a server that answers from a script, then that there is nothing newer, and a package in chunks of one
/// kilobyte.
struct Script {
    answers: Mutex<VecDeque<Result<Option<Release>, UpdateProblem>>>,
    /// The times of the checks.
    asked: watch::Sender<Vec<Instant>>,
    pieces: u64,
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Result<Option<Release>, UpdateProblem>>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: watch::Sender::default(),
            pieces: 10_000,
        })
    }

    async fn was_asked(&self, times: usize) {
        self.asked.subscribe().wait_for(|asked| asked.len() >= times).await.expect("it is there");
    }

    /// The pauses between the checks.
    fn pauses(&self) -> Vec<Duration> {
        self.asked.borrow().windows(2).map(|two| two[1] - two[0]).collect()
    }
}

impl Updater for Script {
    fn current(&self) -> Version {
        Version::new(0, 1, 0)
    }

    fn check(&self, _: Question) -> BoxFuture<'_, Result<Option<Release>, UpdateProblem>> {
        self.asked.send_modify(|asked| asked.push(Instant::now()));
        let answer = lock(&self.answers).pop_front().unwrap_or(Ok(None));
        async move { answer }.boxed()
    }

    fn download<'a>(
        &'a self,
        _: &'a Release,
        progress: &'a (dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> BoxFuture<'a, Result<Vec<u8>, UpdateProblem>> {
        (1..=self.pieces).for_each(|piece| progress(piece * 1024, Some(self.pieces * 1024)));
        async { Ok(b"package".to_vec()) }.boxed()
    }

    fn install(&self, _: &Release, _: &[u8]) -> Result<(), UpdateProblem> {
        Err(UpdateProblem::NotInstalled)
    }

    fn restart(&self) {}
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[tokio::test(start_paused = true)]
async fn updates_are_checked_at_start_and_every_six_hours_with_half_an_hour_of_jitter() {
    let (installation, server) = (Installation::new(), Script::of([]));
    installation.current_until(&server, server.was_asked(30)).await;
    assert_eq!(server.asked.borrow()[0], installation.began);
    let pauses = server.pauses();
    let usual = 5 * HOUR + 30 * MINUTE..=6 * HOUR + 30 * MINUTE + Duration::from_millis(1);
    assert!(pauses.iter().all(|pause| usual.contains(pause)), "{pauses:?}");
    let different: BTreeSet<_> = pauses.iter().collect();
    assert!(different.len() > 20, "many machines would ask at once: {pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn only_a_temporary_failure_is_retried_early() {
    let (installation, server) =
        (Installation::new(), Script::of([Err(UpdateProblem::Unreachable), Err(UpdateProblem::NotUnderstood)]));
    installation.current_until(&server, server.was_asked(3)).await;
    let [first, second] = server.pauses()[..] else { panic!("{:?}", server.pauses()) };
    assert!((20 * MINUTE..=25 * MINUTE + MINUTE).contains(&first), "{first:?}");
    assert!(second > 5 * HOUR, "{second:?}");
}

/// The time until the next check, when the clock is set by `hours` one hour after the first check and this is noticed.
async fn asked_again_although_the_clock_was_set_by(hours: i64) -> Duration {
    let (installation, server) = (Installation::new(), Script::of([]));
    let set = async {
        server.was_asked(1).await;
        advance(HOUR).await;
        installation.set_clock(SignedDuration::from_hours(hours));
        installation.sleeps.send_modify(|slept| *slept += 1);
        server.was_asked(2).await;
    };
    installation.current_until(&server, set).await;
    server.pauses()[0]
}

#[tokio::test(start_paused = true)]
async fn time_asleep_counts_towards_the_next_check() {
    let pause = asked_again_although_the_clock_was_set_by(8).await;
    assert!(pause < 2 * HOUR, "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn setting_the_clock_back_does_not_delay_the_next_check() {
    let pause = asked_again_although_the_clock_was_set_by(-240).await;
    assert!(pause < 8 * HOUR, "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn download_progress_is_reported_in_visible_steps_and_to_its_end() {
    let release =
        Release { version: Version::new(0, 2, 0), notes: super::Notes::new(), manifest: serde_json::Value::Null };
    let (installation, server) = (Installation::new(), Script::of([Ok(Some(release))]));
    installation.current_until(&server, server.was_asked(2)).await;
    let reported = lock(&installation.reported);
    let done: Vec<u64> = reported
        .iter()
        .filter_map(|update| match update {
            Update::Downloading { done_bytes, total_bytes: Some(total), .. } => {
                assert_eq!(*total, server.pieces * 1024);
                Some(*done_bytes)
            }
            _ => None,
        })
        .collect();
    assert!((50..=101).contains(&done.len()), "{} steps", done.len());
    assert!(done.is_sorted() && done.last() == Some(&(server.pieces * 1024)), "{done:?}");
    assert!(reported.iter().any(|update| matches!(update, Update::Ready { .. })));
}
