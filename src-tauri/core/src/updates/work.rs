//! The work of staying current: ask, fetch, keep, install.

use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rand::Rng;
use tokio::sync::Notify;
use tokio::time::sleep;
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
        } else if waiting.is_tried || self.shared.is_in_session().await {
            self.tell_ready(&waiting.release);
        } else if noted(keep.note_tried(&waiting)).is_some() {
            self.install(keep, waiting).await;
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
            Ok(Some(release)) => self.have(release).await,
            Ok(None) => {
                self.forget_what_waits();
                if !matches!(before, Update::Installed { .. }) {
                    self.tell(Update::Newest);
                }
                Ok(())
            }
            // What is ready is as good as it was.
            Err(problem) if matches!(before, Update::Ready { .. }) => Err(problem),
            Err(problem) => {
                self.tell(Update::Failed { version: None, code: problem });
                Err(problem)
            }
        };
        let again_s = match done {
            Ok(()) => EVERY_S,
            Err(problem) => {
                tracing::warn!(?problem, "no update");
                AFTER_FAILURE_S
            }
        };
        Duration::from_secs(self.shared.chance().random_range(again_s))
    }

    /// Waits until it is time, by the clock on the wall, to ask again; installs meanwhile what a person wants installed.
    async fn wait(&self, time: Duration) {
        let due = self.shared.now() + time;
        let mut sleeps = self.shared.sleeps();
        loop {
            let left = Duration::try_from(due.duration_since(self.shared.now())).unwrap_or_default();
            tokio::select! {
                biased;
                () = sleep(left) => return,
                // What this machine slept counts.
                _ = sleeps.changed() => {}
                () = self.shared.wishes().check.notified() => return,
                () = self.shared.wishes().install.notified() => {
                    if let Some((keep, waiting)) = self.kept() {
                        self.install(keep, waiting).await;
                    }
                }
            }
        }
    }

    async fn question(&self) -> io::Result<Question> {
        let home = self.shared.home();
        let updates = home.update_settings().map_err(|failure| io::Error::other(format!("{failure:?}")))?;
        Ok(Question {
            server: updates.server.unwrap_or_else(|| self.shared.server()),
            channel: updates.channel,
            bucket: home.rollout_bucket(&mut self.shared.chance())?,
            language: language(self.shared.locale().await),
        })
    }

    /// Sees to it that the package of `release` waits.
    async fn have(&self, release: Release) -> Result<(), UpdateProblem> {
        let version = release.version.to_string();
        if let Some((_, waiting)) = self.kept()
            && waiting.release.version == release.version
        {
            let has_failed =
                |update| matches!(update, Update::Failed { version: Some(failed), .. } if failed == version);
            if !has_failed(self.shared.update()) {
                self.tell_ready(&waiting.release);
            }
            return Ok(());
        }
        let keep = match Keep::open(&self.directory) {
            Ok(Some(keep)) => keep,
            // Another profile's window is at it.
            Ok(None) => return Ok(()),
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
            let progress = |done, total| self.tell_progress(release, done, total);
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
        let Waiting { release, .. } = waiting;
        let version = release.version.to_string();
        self.tell(Update::Installing { version: version.clone() });
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
