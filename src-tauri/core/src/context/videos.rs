//! The videos on this machine, as a profile reads and keeps them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use training::wire::Account;
use training::{Refusal, Timestamp, Video, VideoId};

use super::store::Store;
use crate::api::Api;
use crate::bridge::{Failure, LocalCode, VideoPart};
use crate::environment::Environment;
use crate::files::{blocking, disk_failure, system_time};
use crate::uploads::{Given, Staging};
use crate::videos::{Displaced, Fetch, FetchError, LIMIT_BYTES, VideoFile, VideoStore, Wanted, is_known, wanted};

/// How often to look whether another process has fetched a file: it says so to nobody.
const BUSY_INTERVAL: Duration = Duration::from_millis(100);
/// How long a window waits for that.
const BUSY_TIMEOUT: Duration = Duration::from_mins(1);

/// See the module.
pub(crate) struct Videos {
    store: Arc<Store>,
    environment: Arc<dyn Environment>,
    files: VideoStore,
    /// Those that are being fetched. Whoever wants the same file waits for it.
    fetching: Mutex<HashMap<VideoFile, Weak<tokio::sync::Mutex<()>>>>,
    /// How many files a window waits for: what is fetched without being asked waits as well.
    demanded: watch::Sender<usize>,
}

impl Videos {
    pub(crate) fn new(store: Arc<Store>, environment: Arc<dyn Environment>, directory: PathBuf) -> Self {
        let files = VideoStore::new(directory, LIMIT_BYTES);
        Self { store, environment, files, fetching: Mutex::default(), demanded: watch::Sender::new(0) }
    }

    /// Reads a video or its poster for the window, and fetches it first if it is not here.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a video that nothing names which the signed-in person may see.
    pub(crate) async fn read(&self, api: &Api, id: VideoId, part: VideoPart) -> Result<Vec<u8>, Failure> {
        let video = self.known(id).await?;
        if part == VideoPart::Poster && !video.has_poster {
            return Err(Refusal::NotFound.into());
        }
        let file = VideoFile::new(api.server(), id, part);
        loop {
            if let Some(bytes) = self.read_whole(&file, &video).await? {
                return Ok(bytes);
            }
            self.fetch_for_window(api, &video, &file).await.map_err(|error| self.failure(error))?;
        }
    }

    /// The video with this id, if the signed-in person may read it.
    async fn known(&self, id: VideoId) -> Result<Video, Failure> {
        let replica = self.store.lock().await;
        if !replica.is_signed_in() {
            return Err(Failure::local(LocalCode::NotSignedIn));
        }
        is_known(&replica.contents().documents, &replica.contents().seen_videos, id)
            .ok_or_else(|| Refusal::NotFound.into())
    }

    async fn read_whole(&self, file: &VideoFile, video: &Video) -> Result<Option<Vec<u8>>, Failure> {
        let (files, named, now) = (self.files.clone(), file.clone(), self.environment.now());
        let expected = (named.part() == VideoPart::Video).then_some(video.size_bytes);
        let read = blocking(&*self.environment, move || {
            let bytes = files.read(&named, system_time(now))?;
            match (&bytes, expected) {
                // Damaged: it is fetched again.
                (Some(bytes), Some(expected)) if bytes.len() as u64 != expected => files.remove(&named).map(|()| None),
                _ => Ok(bytes),
            }
        });
        read.await.map_err(|error| disk_failure(self.files.directory(), &error))
    }

    async fn fetch_for_window(&self, api: &Api, video: &Video, file: &VideoFile) -> Result<(), FetchError> {
        let gate = self.gate(file);
        let _alone = gate.lock().await;
        if self.has(file.clone()).await {
            return Ok(());
        }
        let _demand = Demand::new(&self.demanded);
        let fetch = self.fetch(api, video, file.part(), Displaced::LeastRecentlyUsed, None);
        let deadline = tokio::time::Instant::now() + BUSY_TIMEOUT;
        loop {
            match fetch.run().await {
                Err(FetchError::Busy) if tokio::time::Instant::now() < deadline => {
                    tokio::time::sleep(BUSY_INTERVAL).await;
                    if self.has(file.clone()).await {
                        return Ok(());
                    }
                }
                fetched => return fetched,
            }
        }
    }

    /// What the signed-in person keeps on the disk.
    pub(crate) async fn wanted(&self, now: Timestamp) -> Vec<Wanted> {
        let replica = self.store.lock().await;
        let contents = replica.contents();
        contents.me.as_ref().map_or_else(Vec::new, |me| wanted(&contents.documents, &contents.seen_videos, me, now))
    }

    /// Returns when they keep something else than `known`.
    pub(crate) async fn wait_for_others_than(&self, known: &[Wanted], now: Timestamp) {
        let is_other = |replica: &crate::replica::Replica| {
            let contents = replica.contents();
            let wanted_by = |me: &Account| wanted(&contents.documents, &contents.seen_videos, me, now);
            contents.me.as_ref().is_some_and(|me| wanted_by(me) != known)
        };
        self.store.wait_until(is_other).await;
    }

    /// The first of these that is not here whole, as far as all of them fit.
    pub(crate) async fn first_missing(&self, api: &Api, wanted: Vec<Wanted>) -> Option<Wanted> {
        let (files, server) = (self.files.clone(), api.server().clone());
        blocking(&*self.environment, move || {
            let mut total = 0_u64;
            let fitting = wanted.into_iter().take_while(|wanted| {
                total = total.saturating_add(wanted.video.size_bytes);
                total <= LIMIT_BYTES
            });
            let is_missing = |wanted: &Wanted| {
                let mut parts = parts(&wanted.video);
                parts.any(|part| !files.has(&VideoFile::new(&server, wanted.video.id, part)))
            };
            fitting.into_iter().find(is_missing)
        })
        .await
    }

    /// Fetches what is missing of a video. Windows come first.
    pub(crate) async fn keep(&self, api: &Api, wanted: &Wanted) -> Result<(), FetchError> {
        let displaced = if wanted.is_at_hand { Displaced::LeastRecentlyUsed } else { Displaced::Unused };
        for part in parts(&wanted.video) {
            let file = VideoFile::new(api.server(), wanted.video.id, part);
            let gate = self.gate(&file);
            let _alone = gate.lock().await;
            if !self.has(file).await {
                self.fetch(api, &wanted.video, part, displaced, Some(&self.demanded)).run().await?;
            }
        }
        Ok(())
    }

    /// Keeps the files that were given to an exercise here as its video.
    pub(crate) async fn keep_given(&self, api: &Api, staging: &Staging, given: Given) {
        let Some(video) = given.video else { return };
        let of_part = |part| VideoFile::new(api.server(), video.id, part);
        let mut moves = vec![(staging.path(given.file), of_part(VideoPart::Video))];
        if let Some(poster) = given.poster.filter(|_| video.has_poster) {
            moves.push((staging.path(poster), of_part(VideoPart::Poster)));
        }
        let (files, now) = (self.files.clone(), self.environment.now());
        let kept = blocking(&*self.environment, move || {
            moves.iter().try_for_each(|(from, file)| files.adopt(file, from, system_time(now)))
        });
        if let Err(error) = kept.await {
            // It is fetched when somebody wants to see it.
            tracing::debug!(error = &error as &dyn std::error::Error, "an uploaded video was not kept");
        }
    }

    fn fetch<'a>(
        &'a self,
        api: &'a Api,
        video: &'a Video,
        part: VideoPart,
        displaced: Displaced,
        yields_to: Option<&'a watch::Sender<usize>>,
    ) -> Fetch<'a> {
        Fetch { api, environment: &self.environment, store: &self.files, video, part, displaced, yields_to }
    }

    async fn has(&self, file: VideoFile) -> bool {
        let files = self.files.clone();
        blocking(&*self.environment, move || files.has(&file)).await
    }

    fn gate(&self, file: &VideoFile) -> Arc<tokio::sync::Mutex<()>> {
        let mut fetching = self.fetching.lock().unwrap_or_else(PoisonError::into_inner);
        fetching.retain(|_, gate| gate.strong_count() > 0);
        if let Some(gate) = fetching.get(file).and_then(Weak::upgrade) {
            return gate;
        }
        let gate = Arc::default();
        fetching.insert(file.clone(), Arc::downgrade(&gate));
        gate
    }

    fn failure(&self, error: FetchError) -> Failure {
        match error {
            FetchError::Api(error) => error.into(),
            FetchError::Disk(error) => disk_failure(self.files.directory(), &error),
            FetchError::NotAsAnnounced => {
                Failure::local(LocalCode::NotRingside).because("it is not the announced video")
            }
            FetchError::NoRoom => Failure::local(LocalCode::DiskFull),
            FetchError::Busy => Failure::local(LocalCode::NoAnswer),
        }
    }
}

/// A window that waits for a file.
struct Demand<'a>(&'a watch::Sender<usize>);

impl<'a> Demand<'a> {
    fn new(demanded: &'a watch::Sender<usize>) -> Self {
        demanded.send_modify(|demanded| *demanded += 1);
        Self(demanded)
    }
}

impl Drop for Demand<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|demanded| *demanded -= 1);
    }
}

/// What there is of a video. Its poster first: it is small, and shown while the video is fetched.
fn parts(video: &Video) -> impl Iterator<Item = VideoPart> {
    video.has_poster.then_some(VideoPart::Poster).into_iter().chain([VideoPart::Video])
}
