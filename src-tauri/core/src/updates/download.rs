//! Downloading the offered version, and storing it until it is installed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::sleep;

use super::package_store::PackageStore;
use super::worker::{Worker, disk, logged};
use super::{Release, Source, UpdateContext};
use crate::bridge::{Update, UpdateProblem};

/// The back-off between attempts to download a package.
const DOWNLOAD_RETRIES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(10), Duration::from_mins(1)];
/// Progress is reported in steps of one percent, but at least this many bytes.
const MIN_PROGRESS_STEP: u64 = 64 * 1024;

impl<A: UpdateContext> Worker<'_, A> {
    /// Makes sure that the package of `release`, which `source` offers, is downloaded.
    pub(super) async fn ensure_downloaded(
        &self,
        release: Release,
        source: Source,
        before: &Update,
    ) -> Result<(), UpdateProblem> {
        let version = release.version.to_string();
        if let Some((store, waiting)) = self.stored_package() {
            let is_newer_elsewhere = waiting.from != source && waiting.release.version > release.version;
            if waiting.release.version == release.version || is_newer_elsewhere {
                if !before.is_not_installed(&waiting.release.version.to_string()) {
                    self.emit_ready(&waiting.release);
                }
                return Ok(());
            }
            // The stored version is no longer offered, whether or not the new download succeeds.
            logged(store.clear());
        }
        let store = match PackageStore::open(&self.directory) {
            Ok(Some(store)) => store,
            // Another profile's window is downloading it: it will be there soon.
            Ok(None) => {
                self.emit(before.clone());
                return Err(UpdateProblem::Busy);
            }
            Err(error) => return Err(self.emit_failed(&version, disk(&error))),
        };
        let package = self.download(&release).await.map_err(|problem| self.emit_failed(&version, problem))?;
        store.put(&release, &source, &package).map_err(|error| self.emit_failed(&version, disk(&error)))?;
        self.emit_ready(&release);
        Ok(())
    }

    async fn download(&self, release: &Release) -> Result<Vec<u8>, UpdateProblem> {
        let mut pauses = DOWNLOAD_RETRIES.iter();
        loop {
            self.context.wait_until_out_of_session().await;
            self.emit_progress(release, 0, None);
            let reported = AtomicU64::new(0);
            let progress = |done: u64, total: Option<u64>| {
                // Not for every chunk, of which there are thousands.
                let step = total.map_or(MIN_PROGRESS_STEP, |total| MIN_PROGRESS_STEP.max(total / 100));
                if Some(done) == total || done >= reported.load(Ordering::Relaxed) + step {
                    reported.store(done, Ordering::Relaxed);
                    self.emit_progress(release, done, total);
                }
            };
            let downloaded = tokio::select! {
                biased;
                downloaded = self.updater.download(release, &progress) => downloaded,
                // During a session, the network is reserved for it.
                () = self.context.wait_until_in_session() => continue,
            };
            match downloaded {
                Err(problem) if problem.is_temporary() => match pauses.next() {
                    Some(pause) => sleep(*pause).await,
                    None => return Err(problem),
                },
                downloaded => return downloaded,
            }
        }
    }

    fn emit_progress(&self, release: &Release, done_bytes: u64, total_bytes: Option<u64>) {
        let (version, notes) = (release.version.to_string(), release.notes.clone());
        self.emit(Update::Downloading { version, notes, done_bytes, total_bytes });
    }
}
