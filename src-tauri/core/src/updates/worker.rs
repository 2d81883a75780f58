//! The update task: check, download, store, install.

use std::future::pending;
use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rand::Rng;
use tokio::time::{sleep, timeout};

use super::package_store::{PackageStore, StoredPackage, lock_for_session, lock_out_sessions};
use super::{Question, Release, Source, UpdateContext, Updater};
use crate::bridge::{Update, UpdateProblem};
use crate::locked::LockedFile;

/// The interval between checks: six hours, with half an hour of jitter either way, so that a studio's machines do not
/// all check at once.
const CHECK_INTERVAL_S: RangeInclusive<u64> = 19_800..=23_400;
/// The interval after a failure: twenty minutes or a little more.
const RETRY_INTERVAL_S: RangeInclusive<u64> = 1_200..=1_500;

/// How soon to retry taking the shared session lock.
const LOCK_RETRY: Duration = Duration::from_secs(1);
/// The same, where files can't be locked at all.
const UNSUPPORTED_LOCK_RETRY: Duration = Duration::from_mins(10);
/// The time limit for checking whether the stored version is still offered, while a person waits for their window.
const OFFER_TIMEOUT: Duration = Duration::from_secs(5);

/// Keeps this application up to date. Never returns.
///
/// `before_restart` releases the profile in this process, so that the next one can open it.
pub(crate) async fn keep_current<A: UpdateContext>(
    context: &A,
    updater: Arc<dyn Updater>,
    before_restart: BoxFuture<'static, ()>,
) {
    let before_restart = Mutex::new(Some(before_restart));
    let worker = Worker { context, updater, before_restart, directory: context.home().updates() };
    tokio::join!(biased; worker.hold_session_lock(), worker.run());
}

pub(super) struct Worker<'a, A> {
    pub(super) context: &'a A,
    pub(super) updater: Arc<dyn Updater>,
    /// Run at most once.
    before_restart: Mutex<Option<BoxFuture<'static, ()>>>,
    pub(super) directory: PathBuf,
}

impl<A: UpdateContext> Worker<'_, A> {
    /// Prevents other windows of this installation from installing while a session is active in this one.
    async fn hold_session_lock(&self) {
        loop {
            self.context.wait_until_in_session().await;
            tokio::select! {
                biased;
                () = self.context.wait_until_out_of_session() => {}
                () = self.acquire_session_lock() => {}
            }
        }
    }

    /// Never returns.
    async fn acquire_session_lock(&self) {
        loop {
            match logged(lock_for_session(&self.directory)) {
                Some(Some(_held)) => pending::<()>().await,
                // Another window is installing, or is just checking whether it may.
                Some(None) => sleep(LOCK_RETRY).await,
                // Files can't be locked here, so another window can't install either.
                None => sleep(UNSUPPORTED_LOCK_RETRY).await,
            }
        }
    }

    async fn run(&self) {
        self.resume().await;
        loop {
            let next = self.check_once().await;
            self.wait(next).await;
        }
    }

    /// Installs the version that was ready when this application was last closed, or reports that it was installed.
    async fn resume(&self) {
        let Some((store, waiting)) = self.stored_package() else { return };
        let Release { version, notes, .. } = waiting.release.clone();
        if version <= self.updater.current() {
            if version == self.updater.current() {
                self.emit(Update::Installed { version: version.to_string(), notes });
            }
            logged(store.clear());
            tracing::info!(%version, "this version was installed by an update");
        } else if waiting.is_tried {
            // Perhaps the system ended this process to install it, and then did not.
            self.emit_failed(&version.to_string(), UpdateProblem::NotInstalled);
        } else if self.context.is_in_session().await {
            self.emit_ready(&waiting.release);
        } else if !self.is_still_offered(&waiting).await {
            logged(store.clear());
        } else if let Some(sessions_lock) = self.lock_out_sessions() {
            self.install(store, waiting, sessions_lock).await;
        } else {
            self.emit_ready(&waiting.release);
        }
    }

    /// Whether its source still offers it: the release may have been halted since. `true` if there is no answer in
    /// time.
    async fn is_still_offered(&self, waiting: &StoredPackage) -> bool {
        let Ok(question) = self.question().await else { return true };
        let question = Question { source: waiting.from.clone(), ..question };
        match timeout(OFFER_TIMEOUT, self.updater.check(question)).await {
            Ok(Ok(offered)) => offered.is_some_and(|offered| offered.version == waiting.release.version),
            Ok(Err(_)) | Err(_) => true,
        }
    }

    /// Checks once, and downloads the offered version. Returns the time until the next check.
    async fn check_once(&self) -> Duration {
        self.context.wait_until_out_of_session().await;
        let before = self.context.update();
        if !before.is_lasting() {
            self.emit(Update::Checking);
        }
        let asked = match self.question().await {
            Ok(question) => self.updater.check(question.clone()).await.map(|offered| (offered, question.source)),
            Err(error) => Err(disk(&error)),
        };
        let done = match asked {
            Ok((Some(release), source)) => self.ensure_downloaded(release, source, &before).await,
            Ok((None, source)) => {
                self.nothing_newer(&source, &before);
                Ok(())
            }
            Err(problem) if before.is_lasting() => Err(problem),
            Err(problem) => {
                self.emit(Update::Failed { version: None, code: problem });
                Err(problem)
            }
        };
        let again_s = match done {
            Ok(()) => CHECK_INTERVAL_S,
            Err(problem) => {
                tracing::warn!(?problem, "the update check failed");
                if problem.is_temporary() { RETRY_INTERVAL_S } else { CHECK_INTERVAL_S }
            }
        };
        Duration::from_secs(self.context.rng().random_range(again_s))
    }

    /// Waits, by the wall clock, until the next check. Installs in the meantime if the person asks for it.
    async fn wait(&self, time: Duration) {
        let due = self.context.now() + time;
        let mut sleeps = self.context.sleeps();
        loop {
            // Setting the clock back must not make this wait longer than intended.
            let left = Duration::try_from(due.duration_since(self.context.now())).unwrap_or_default().min(time);
            tokio::select! {
                biased;
                () = sleep(left) => return,
                // Time the machine slept counts.
                _ = sleeps.changed() => {}
                () = self.context.requests().check.notified() => return,
                () = self.context.requests().install.notified() => {
                    // A session may have begun since the request. The version stays ready.
                    if self.context.is_in_session().await {
                        continue;
                    }
                    // Another profile's window may have installed or deleted it: then check again.
                    let Some((store, waiting)) = self.stored_package() else { return };
                    match self.lock_out_sessions() {
                        Some(sessions_lock) => self.install(store, waiting, sessions_lock).await,
                        None => drop(self.emit_failed(&waiting.release.version.to_string(), UpdateProblem::TrainsElsewhere)),
                    }
                }
            }
        }
    }

    async fn question(&self) -> io::Result<Question> {
        let home = self.context.home();
        let updates = home.update_settings().map_err(|failure| io::Error::other(format!("{:?}", failure.code)))?;
        Ok(Question {
            source: Source {
                server: updates.server.unwrap_or_else(|| self.context.server()),
                channel: updates.channel,
            },
            bucket: home.rollout_bucket(self.context.rng().random_range(0..100)).await?,
        })
    }

    /// Installs and starts the new version. Returns only if that failed.
    async fn install(&self, store: PackageStore, waiting: StoredPackage, sessions_lock: LockedFile) {
        let version = waiting.release.version.to_string();
        self.emit(Update::Installing { version: version.clone() });
        // Only once: a person who is asked for a password at every start learns to give it to anybody.
        let Some(StoredPackage { release, .. }) = logged(store.note_tried(waiting)) else {
            self.emit_failed(&version, UpdateProblem::Disk);
            return;
        };
        let package = match store.package() {
            Ok(package) => package,
            Err(error) => {
                self.emit_failed(&version, disk(&error));
                return;
            }
        };
        let updater = Arc::clone(&self.updater);
        // Holds the locks: nobody else may start installing before the system is done, even if this task is cancelled.
        let installing =
            tokio::task::spawn_blocking(move || (updater.install(&release, &package), store, sessions_lock));
        let Ok((installed, store, sessions_lock)) = installing.await else {
            self.emit_failed(&version, UpdateProblem::Internal);
            return;
        };
        match installed {
            Ok(()) => {
                tracing::info!(version, "the update was installed");
                drop(sessions_lock);
                // A session may have begun while the system asked for a password. This process continues until it is
                // over.
                self.context.wait_until_out_of_session().await;
                let before_restart = self.before_restart.lock().unwrap_or_else(PoisonError::into_inner).take();
                before_restart.unwrap_or_else(|| async {}.boxed()).await;
                drop(store);
                self.updater.restart();
                pending::<()>().await;
            }
            Err(problem) => {
                if problem == UpdateProblem::BadSignature {
                    logged(store.clear());
                }
                self.emit_failed(&version, problem);
            }
        }
    }

    /// Drops a waiting version that its source no longer offers (it was halted). One from another source is kept.
    fn nothing_newer(&self, source: &Source, before: &Update) {
        match self.stored_package() {
            Some((_, waiting)) if waiting.from != *source => {
                if !before.is_lasting() {
                    self.emit_ready(&waiting.release);
                }
                return;
            }
            Some((store, _)) => drop(logged(store.clear())),
            None => {}
        }
        if !matches!(before, Update::Installed { .. }) {
            self.emit(Update::Newest);
        }
    }

    /// Locks out sessions on this installation while something is being installed. `None` while somebody is in one.
    fn lock_out_sessions(&self) -> Option<LockedFile> {
        logged(lock_out_sessions(&self.directory)).flatten()
    }

    /// The waiting package, unless another process has locked it.
    pub(super) fn stored_package(&self) -> Option<(PackageStore, StoredPackage)> {
        let store = logged(PackageStore::open(&self.directory))??;
        let waiting = store.waiting()?;
        Some((store, waiting))
    }

    pub(super) fn emit(&self, update: Update) {
        self.context.emit_update(update);
    }

    pub(super) fn emit_ready(&self, release: &Release) {
        self.emit(Update::Ready { version: release.version.to_string(), notes: release.notes.clone() });
    }

    pub(super) fn emit_failed(&self, version: &str, problem: UpdateProblem) -> UpdateProblem {
        tracing::warn!(version, ?problem, "the update failed");
        self.emit(Update::Failed { version: Some(version.to_owned()), code: problem });
        problem
    }
}

/// Logs a disk error, and maps it.
pub(super) fn disk(error: &io::Error) -> UpdateProblem {
    tracing::warn!(error = error as &dyn std::error::Error, "the update store could not be accessed");
    UpdateProblem::Disk
}

/// Logs the failure of a disk operation whose failure loses nothing.
pub(super) fn logged<T>(result: io::Result<T>) -> Option<T> {
    result.map_err(|error| disk(&error)).ok()
}
