//! The work of staying current: ask, fetch, keep, install.

use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rand::Rng;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use training::wire::Locale;

use super::keep::{Keep, Waiting};
use super::{Question, Release, Updater};
use crate::agent::Shared;
use crate::bridge::{Update, UpdateProblem};

/// How often is asked: after six hours, or up to half an hour earlier or later, so that a studio's machines do not ask all
/// at once.
const EVERY_S: RangeInclusive<u64> = 19_800..=23_400;
/// When is asked again after something failed: after twenty minutes or a little more.
const AFTER_FAILURE_S: RangeInclusive<u64> = 1_200..=1_500;
/// The pauses between attempts to fetch a package.
const FETCH_AGAIN: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(10), Duration::from_mins(1)];

/// How long a server may take to say whether what is here is still offered, while a person waits for their window.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Progress is told in steps of a hundredth, or of this many bytes.
const LEAST_STEP: u64 = 64 * 1024;

/// What a person asks for.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// To ask now.
    pub(crate) check: Notify,
    /// To install what is ready.
    pub(crate) install: Notify,
}

/// Keeps this application current. Never returns.
///
/// `before_restart` ends what this process does with the profile, so that the next one can have it.
pub(crate) async fn keep_current(shared: &Shared, updater: Arc<dyn Updater>, before_restart: BoxFuture<'static, ()>) {
    let before_restart = Mutex::new(Some(before_restart));
    let work = Work { shared, updater, before_restart, directory: shared.home().updates() };
    work.begin().await;
    loop {
        let next = work.look().await;
        work.wait(next).await;
    }
}

struct Work<'a> {
    shared: &'a Shared,
    updater: Arc<dyn Updater>,
    /// Done once.
    before_restart: Mutex<Option<BoxFuture<'static, ()>>>,
    directory: PathBuf,
}

impl Work<'_> {
    /// Installs what was ready when this application was last closed, or says that it was.
    async fn begin(&self) {
        let Some((keep, waiting)) = self.kept() else { return };
        let Release { version, notes, .. } = waiting.release.clone();
        if version <= self.updater.current() {
            if version == self.updater.current() {
                self.tell(Update::Installed { version: version.to_string(), notes });
            }
            noted(keep.clear());
            tracing::info!(%version, "this version was installed by an update");
        } else if waiting.is_tried {
            // Perhaps the system ended this process for it, and then did not do it.
            self.failed(&version.to_string(), UpdateProblem::NotInstalled);
        } else if self.shared.is_in_session().await {
            self.tell_ready(&waiting.release);
        } else if self.is_still_offered(&waiting.release).await {
            self.install(keep, waiting).await;
        } else {
            noted(keep.clear());
        }
    }

    /// Whether the server, if it answers soon, still offers this release: it may have been halted since it came.
    async fn is_still_offered(&self, release: &Release) -> bool {
        let Ok(question) = self.question().await else { return true };
        match timeout(ANSWERS_WITHIN, self.updater.check(question)).await {
            Ok(Ok(offered)) => offered.is_some_and(|offered| offered.version == release.version),
            Ok(Err(_)) | Err(_) => true,
        }
    }

    /// Asks once, and fetches what is offered; answers after what time to ask again.
    async fn look(&self) -> Duration {
        self.shared.is_out_of_session().await;
        let before = self.shared.update();
        // What is ready stays so while it is asked for something newer; so does the word of what was installed, or was not.
        let is_lasting =
            matches!(before, Update::Ready { .. } | Update::Installed { .. } | Update::Failed { version: Some(_), .. });
        if !is_lasting {
            self.tell(Update::Checking);
        }
        let fetched = match self.question().await {
            Ok(question) => self.updater.check(question).await,
            Err(error) => Err(disk(&error)),
        };
        let done = match fetched {
            Ok(Some(release)) => self.have(release, &before).await,
            Ok(None) => {
                self.forget_what_waits();
                if !matches!(before, Update::Installed { .. }) {
                    self.tell(Update::Newest);
                }
                Ok(())
            }
            // What is ready is as good as it was, and what was said of it as true.
            Err(problem) if is_lasting => Err(problem),
            Err(problem) => {
                self.tell(Update::Failed { version: None, code: problem });
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
        Duration::from_secs(self.shared.chance().random_range(again_s))
    }

    /// Waits until it is time, by the clock on the wall, to ask again; installs meanwhile what a person wants installed.
    async fn wait(&self, time: Duration) {
        let due = self.shared.now() + time;
        let mut sleeps = self.shared.sleeps();
        loop {
            // A clock that is set meanwhile makes it no longer than it was meant to be.
            let left = Duration::try_from(due.duration_since(self.shared.now())).unwrap_or_default().min(time);
            tokio::select! {
                biased;
                () = sleep(left) => return,
                // What this machine slept counts.
                _ = sleeps.changed() => {}
                () = self.shared.wishes().check.notified() => return,
                () = self.shared.wishes().install.notified() => {
                    // A session may have begun since they wished it; what is ready stays so.
                    if self.shared.is_in_session().await {
                        continue;
                    }
                    // Another profile's window may have installed it, or thrown it away: then it is asked anew.
                    let Some((keep, waiting)) = self.kept() else { return };
                    self.install(keep, waiting).await;
                }
            }
        }
    }

    async fn question(&self) -> io::Result<Question> {
        let home = self.shared.home();
        let updates = home.update_settings().map_err(|failure| io::Error::other(format!("{:?}", failure.code)))?;
        Ok(Question {
            server: updates.server.unwrap_or_else(|| self.shared.server()),
            channel: updates.channel,
            bucket: home.rollout_bucket(&mut self.shared.chance())?,
            language: language(self.shared.locale().await),
        })
    }

    /// Sees to it that the package of `release` waits.
    async fn have(&self, release: Release, before: &Update) -> Result<(), UpdateProblem> {
        let version = release.version.to_string();
        if let Some((keep, waiting)) = self.kept() {
            if waiting.release.version == release.version {
                let is_said = matches!(before, Update::Failed { version: Some(failed), code: UpdateProblem::NotInstalled }
                    if *failed == version);
                if !is_said {
                    self.tell_ready(&waiting.release);
                }
                return Ok(());
            }
            // It is no longer what is offered, whether or not what is comes whole.
            noted(keep.clear());
        }
        let keep = match Keep::open(&self.directory) {
            Ok(Some(keep)) => keep,
            // Another profile's window is at it: it is there in a while.
            Ok(None) => {
                self.tell(before.clone());
                return Err(UpdateProblem::Busy);
            }
            Err(error) => return Err(self.failed(&version, disk(&error))),
        };
        let package = self.fetch(&release).await.map_err(|problem| self.failed(&version, problem))?;
        keep.put(&release, &package).map_err(|error| self.failed(&version, disk(&error)))?;
        self.tell_ready(&release);
        Ok(())
    }

    async fn fetch(&self, release: &Release) -> Result<Vec<u8>, UpdateProblem> {
        let mut pauses = FETCH_AGAIN.iter();
        loop {
            self.shared.is_out_of_session().await;
            self.tell_progress(release, 0, None);
            let told = AtomicU64::new(0);
            let progress = |done: u64, total: Option<u64>| {
                // Not with every piece that arrives, of which there are thousands.
                let step = total.map_or(LEAST_STEP, |total| LEAST_STEP.max(total / 100));
                if Some(done) == total || done >= told.load(Ordering::Relaxed) + step {
                    told.store(done, Ordering::Relaxed);
                    self.tell_progress(release, done, total);
                }
            };
            let fetched = tokio::select! {
                biased;
                fetched = self.updater.download(release, &progress) => fetched,
                // The network is the session's.
                () = self.shared.is_in_a_session() => continue,
            };
            match fetched {
                Err(problem) if problem.may_pass() => match pauses.next() {
                    Some(pause) => sleep(*pause).await,
                    None => return Err(problem),
                },
                fetched => return fetched,
            }
        }
    }

    /// Installs, and starts the new version; returns only when that failed.
    async fn install(&self, keep: Keep, waiting: Waiting) {
        let version = waiting.release.version.to_string();
        self.tell(Update::Installing { version: version.clone() });
        // Once: whoever is asked for a password at every start learns to give it to anybody.
        if noted(keep.note_tried(&waiting)).is_none() {
            self.failed(&version, UpdateProblem::Disk);
            return;
        }
        let Waiting { release, .. } = waiting;
        let package = match keep.package() {
            Ok(package) => package,
            Err(error) => {
                self.failed(&version, disk(&error));
                return;
            }
        };
        let updater = Arc::clone(&self.updater);
        let installed = tokio::task::spawn_blocking(move || updater.install(&release, &package)).await;
        match installed.unwrap_or(Err(UpdateProblem::Internal)) {
            Ok(()) => {
                tracing::info!(version, "installed");
                // While the system asked for a password, a session may have begun. This process goes on until it is over.
                self.shared.is_out_of_session().await;
                let before_restart = self.before_restart.lock().unwrap_or_else(PoisonError::into_inner).take();
                before_restart.unwrap_or_else(|| async {}.boxed()).await;
                drop(keep);
                self.updater.restart();
                std::future::pending::<()>().await;
            }
            Err(problem) => {
                if problem == UpdateProblem::BadSignature {
                    noted(keep.clear());
                }
                self.failed(&version, problem);
            }
        }
    }

    /// A version that is no longer offered (it was halted) is not installed any more.
    fn forget_what_waits(&self) {
        if let Some((keep, _)) = self.kept() {
            noted(keep.clear());
        }
    }

    /// What waits, unless another process is at it.
    fn kept(&self) -> Option<(Keep, Waiting)> {
        let keep = noted(Keep::open(&self.directory))??;
        let waiting = keep.waiting()?;
        Some((keep, waiting))
    }

    fn tell(&self, update: Update) {
        self.shared.tell_update(update);
    }

    fn tell_ready(&self, release: &Release) {
        self.tell(Update::Ready { version: release.version.to_string(), notes: release.notes.clone() });
    }

    fn tell_progress(&self, release: &Release, done_bytes: u64, total_bytes: Option<u64>) {
        let (version, notes) = (release.version.to_string(), release.notes.clone());
        self.tell(Update::Downloading { version, notes, done_bytes, total_bytes });
    }

    fn failed(&self, version: &str, problem: UpdateProblem) -> UpdateProblem {
        tracing::warn!(version, ?problem, "the update failed");
        self.tell(Update::Failed { version: Some(version.to_owned()), code: problem });
        problem
    }
}

/// A language as HTTP names it.
fn language(locale: Locale) -> &'static str {
    match locale {
        Locale::De => "de",
        Locale::Pt => "pt",
        Locale::En => "en",
    }
}

/// The disk refused.
fn disk(error: &io::Error) -> UpdateProblem {
    tracing::warn!(error = error as &dyn std::error::Error, "updates can't be kept");
    UpdateProblem::Disk
}

/// Something about what is kept that can fail without anything being lost: it is logged.
fn noted<T>(result: io::Result<T>) -> Option<T> {
    result.map_err(|error| disk(&error)).ok()
}
