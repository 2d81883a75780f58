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
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::keep::{Keep, Waiting, nobody_trains, training};
use super::{Question, Release, Source, UpdateContext, Updater};
use crate::bridge::{Update, UpdateProblem};
use crate::locked::LockedFile;

/// The interval between checks: six hours, with half an hour of jitter either way, so that a studio's machines do not
/// all check at once.
const EVERY_S: RangeInclusive<u64> = 19_800..=23_400;
/// The interval after a failure: twenty minutes or a little more.
const AFTER_FAILURE_S: RangeInclusive<u64> = 1_200..=1_500;

/// How soon to retry taking the shared session lock.
const HOLD_AGAIN: Duration = Duration::from_secs(1);
/// The same, where files can't be locked at all.
const LOCK_AGAIN: Duration = Duration::from_mins(10);
/// The time limit for checking whether the stored version is still offered, while a person waits for their window.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// The requests of a person.
#[derive(Debug, Default)]
pub(crate) struct UpdateRequests {
    /// Check now.
    pub(crate) check: Notify,
    /// Install the version that is ready.
    pub(crate) install: Notify,
}

/// Keeps this application up to date. Never returns.
///
/// `before_restart` releases the profile in this process, so that the next one can open it.
pub(crate) async fn keep_current<A: UpdateContext>(
    context: &A,
    updater: Arc<dyn Updater>,
    before_restart: BoxFuture<'static, ()>,
) {
    let before_restart = Mutex::new(Some(before_restart));
    let work = Work { context, updater, before_restart, directory: context.home().updates() };
    tokio::join!(biased; work.note_sessions(), work.follow());
}

pub(super) struct Work<'a, A> {
    pub(super) context: &'a A,
    pub(super) updater: Arc<dyn Updater>,
    /// Run at most once.
    before_restart: Mutex<Option<BoxFuture<'static, ()>>>,
    pub(super) directory: PathBuf,
}

impl<A: UpdateContext> Work<'_, A> {
    /// Prevents other windows of this installation from installing while a session is active in this one.
    async fn note_sessions(&self) {
        loop {
            self.context.is_in_a_session().await;
            tokio::select! {
                biased;
                () = self.context.is_out_of_session() => {}
                () = self.hold_training() => {}
            }
        }
    }

    /// Never returns.
    async fn hold_training(&self) {
        loop {
            match noted(training(&self.directory)) {
                Some(Some(_held)) => pending::<()>().await,
                // Another window is installing, or is just checking whether it may.
                Some(None) => sleep(HOLD_AGAIN).await,
                // Files can't be locked here, so another window can't install either.
                None => sleep(LOCK_AGAIN).await,
            }
        }
    }

    async fn follow(&self) {
        self.begin().await;
        loop {
            let next = self.look().await;
            self.wait(next).await;
        }
    }

    /// Installs the version that was ready when this application was last closed, or reports that it was installed.
    async fn begin(&self) {
        let Some((keep, waiting)) = self.kept() else { return };
        let Release { version, notes, .. } = waiting.release.clone();
        if version <= self.updater.current() {
            if version == self.updater.current() {
                self.emit(Update::Installed { version: version.to_string(), notes });
            }
            noted(keep.clear());
            tracing::info!(%version, "this version was installed by an update");
        } else if waiting.is_tried {
            // Perhaps the system ended this process to install it, and then did not.
            self.failed(&version.to_string(), UpdateProblem::NotInstalled);
        } else if self.context.is_in_session().await {
            self.tell_ready(&waiting.release);
        } else if !self.is_still_offered(&waiting).await {
            noted(keep.clear());
        } else if let Some(alone) = self.alone() {
            self.install(keep, waiting, alone).await;
        } else {
            self.tell_ready(&waiting.release);
        }
    }

    /// Whether its source still offers it: the release may have been halted since. `true` if there is no answer in
    /// time.
    async fn is_still_offered(&self, waiting: &Waiting) -> bool {
        let Ok(question) = self.question().await else { return true };
        let question = Question { source: waiting.from.clone(), ..question };
        match timeout(ANSWERS_WITHIN, self.updater.check(question)).await {
            Ok(Ok(offered)) => offered.is_some_and(|offered| offered.version == waiting.release.version),
            Ok(Err(_)) | Err(_) => true,
        }
    }

    /// Checks once, and downloads the offered version. Returns the time until the next check.
    async fn look(&self) -> Duration {
        self.context.is_out_of_session().await;
        let before = self.context.update();
        if !before.lasts() {
            self.emit(Update::Checking);
        }
        let asked = match self.question().await {
            Ok(question) => self.updater.check(question.clone()).await.map(|offered| (offered, question.source)),
            Err(error) => Err(disk(&error)),
        };
        let done = match asked {
            Ok((Some(release), source)) => self.have(release, source, &before).await,
            Ok((None, source)) => {
                self.nothing_newer(&source, &before);
                Ok(())
            }
            Err(problem) if before.lasts() => Err(problem),
            Err(problem) => {
                self.emit(Update::Failed { version: None, code: problem });
                Err(problem)
            }
        };
        let again_s = match done {
            Ok(()) => EVERY_S,
            Err(problem) => {
                tracing::warn!(?problem, "no update");
                if problem.may_pass() { AFTER_FAILURE_S } else { EVERY_S }
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
                    let Some((keep, waiting)) = self.kept() else { return };
                    match self.alone() {
                        Some(alone) => self.install(keep, waiting, alone).await,
                        None => drop(self.failed(&waiting.release.version.to_string(), UpdateProblem::TrainsElsewhere)),
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
    async fn install(&self, keep: Keep, waiting: Waiting, alone: LockedFile) {
        let version = waiting.release.version.to_string();
        self.emit(Update::Installing { version: version.clone() });
        // Only once: a person who is asked for a password at every start learns to give it to anybody.
        let Some(Waiting { release, .. }) = noted(keep.note_tried(waiting)) else {
            self.failed(&version, UpdateProblem::Disk);
            return;
        };
        let package = match keep.package() {
            Ok(package) => package,
            Err(error) => {
                self.failed(&version, disk(&error));
                return;
            }
        };
        let updater = Arc::clone(&self.updater);
        // Holds the locks: nobody else may start installing before the system is done, even if this task is cancelled.
        let installing = tokio::task::spawn_blocking(move || (updater.install(&release, &package), keep, alone));
        let Ok((installed, keep, alone)) = installing.await else {
            self.failed(&version, UpdateProblem::Internal);
            return;
        };
        match installed {
            Ok(()) => {
                tracing::info!(version, "installed");
                drop(alone);
                // A session may have begun while the system asked for a password. This process continues until it is
                // over.
                self.context.is_out_of_session().await;
                let before_restart = self.before_restart.lock().unwrap_or_else(PoisonError::into_inner).take();
                before_restart.unwrap_or_else(|| async {}.boxed()).await;
                drop(keep);
                self.updater.restart();
                pending::<()>().await;
            }
            Err(problem) => {
                if problem == UpdateProblem::BadSignature {
                    noted(keep.clear());
                }
                self.failed(&version, problem);
            }
        }
    }

    /// Drops a waiting version that its source no longer offers (it was halted). One from another source is kept.
    fn nothing_newer(&self, source: &Source, before: &Update) {
        match self.kept() {
            Some((_, waiting)) if waiting.from != *source => {
                if !before.lasts() {
                    self.tell_ready(&waiting.release);
                }
                return;
            }
            Some((keep, _)) => drop(noted(keep.clear())),
            None => {}
        }
        if !matches!(before, Update::Installed { .. }) {
            self.emit(Update::Newest);
        }
    }

    /// Locks out sessions on this installation while something is being installed. `None` while somebody is in one.
    fn alone(&self) -> Option<LockedFile> {
        noted(nobody_trains(&self.directory)).flatten()
    }

    /// The waiting package, unless another process has locked it.
    pub(super) fn kept(&self) -> Option<(Keep, Waiting)> {
        let keep = noted(Keep::open(&self.directory))??;
        let waiting = keep.waiting()?;
        Some((keep, waiting))
    }

    pub(super) fn emit(&self, update: Update) {
        self.context.emit_update(update);
    }

    pub(super) fn tell_ready(&self, release: &Release) {
        self.emit(Update::Ready { version: release.version.to_string(), notes: release.notes.clone() });
    }

    pub(super) fn failed(&self, version: &str, problem: UpdateProblem) -> UpdateProblem {
        tracing::warn!(version, ?problem, "the update failed");
        self.emit(Update::Failed { version: Some(version.to_owned()), code: problem });
        problem
    }
}

/// Logs a disk error, and maps it.
pub(super) fn disk(error: &io::Error) -> UpdateProblem {
    tracing::warn!(error = error as &dyn std::error::Error, "updates can't be kept");
    UpdateProblem::Disk
}

/// Logs the failure of a disk operation whose failure loses nothing.
pub(super) fn noted<T>(result: io::Result<T>) -> Option<T> {
    result.map_err(|error| disk(&error)).ok()
}
