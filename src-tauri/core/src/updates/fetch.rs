//! Downloading the offered version, and storing it until it is installed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::sleep;

use super::keep::Keep;
use super::work::{Work, disk, noted};
use super::{Release, Source, UpdateContext};
use crate::bridge::{Update, UpdateProblem};

/// The back-off between attempts to download a package.
const FETCH_AGAIN: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(10), Duration::from_mins(1)];
/// Progress is reported in steps of one percent, but at least this many bytes.
const LEAST_STEP: u64 = 64 * 1024;

impl<A: UpdateContext> Work<'_, A> {
    /// Makes sure that the package of `release`, which `source` offers, is downloaded.
    pub(super) async fn have(&self, release: Release, source: Source, before: &Update) -> Result<(), UpdateProblem> {
        let version = release.version.to_string();
        if let Some((keep, waiting)) = self.kept() {
            let theirs = waiting.from != source && waiting.release.version > release.version;
            if waiting.release.version == release.version || theirs {
                if !before.says_not_installed(&waiting.release.version.to_string()) {
                    self.tell_ready(&waiting.release);
                }
                return Ok(());
            }
            // The stored version is no longer offered, whether or not the new download succeeds.
            noted(keep.clear());
        }
        let keep = match Keep::open(&self.directory) {
            Ok(Some(keep)) => keep,
            // Another profile's window is downloading it: it will be there soon.
            Ok(None) => {
                self.emit(before.clone());
                return Err(UpdateProblem::Busy);
            }
            Err(error) => return Err(self.failed(&version, disk(&error))),
        };
        let package = self.fetch(&release).await.map_err(|problem| self.failed(&version, problem))?;
        keep.put(&release, &source, &package).map_err(|error| self.failed(&version, disk(&error)))?;
        self.tell_ready(&release);
        Ok(())
    }

    async fn fetch(&self, release: &Release) -> Result<Vec<u8>, UpdateProblem> {
        let mut pauses = FETCH_AGAIN.iter();
        loop {
            self.context.is_out_of_session().await;
            self.tell_progress(release, 0, None);
            let told = AtomicU64::new(0);
            let progress = |done: u64, total: Option<u64>| {
                // Not for every chunk, of which there are thousands.
                let step = total.map_or(LEAST_STEP, |total| LEAST_STEP.max(total / 100));
                if Some(done) == total || done >= told.load(Ordering::Relaxed) + step {
                    told.store(done, Ordering::Relaxed);
                    self.tell_progress(release, done, total);
                }
            };
            let fetched = tokio::select! {
                biased;
                fetched = self.updater.download(release, &progress) => fetched,
                // During a session, the network is reserved for it.
                () = self.context.is_in_a_session() => continue,
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

    fn tell_progress(&self, release: &Release, done_bytes: u64, total_bytes: Option<u64>) {
        let (version, notes) = (release.version.to_string(), release.notes.clone());
        self.emit(Update::Downloading { version, notes, done_bytes, total_bytes });
    }
}
