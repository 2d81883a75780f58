//! Fetching a video or its poster from the server, in pieces that go on where an earlier attempt has ended.
//!
//! The server is not trusted further than its announcement: what is larger is given up, and a video has exactly the
//! announced size. Where the server's tag of it is a SHA-256, the content is compared with that as well.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::watch;
use training::Video;
use training::library::VideoLimits;

use super::store::{Displaced, Partial, VideoFile, VideoStore};
use crate::api::{Api, VideoPiece, WantedPiece};
use crate::bridge::VideoPart;
use crate::environment::Environment;
use crate::failure::ApiError;
use crate::files::{blocking, system_time};

/// How much is asked for at once.
const PIECE_BYTES: u64 = 1024 * 1024;
/// The name of what the server has given no SHA-256 of: a later attempt does not go on with it.
const UNTAGGED: &str = "untagged";

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// A request failed.
    #[error("a request failed")]
    Api(#[from] ApiError),
    /// The disk failed.
    #[error("the disk failed")]
    Disk(#[from] io::Error),
    /// What came is not what was announced.
    #[error("the server's video is not the announced one")]
    NotAsAnnounced,
    /// There is no room for it among the videos of this machine, or on its disk.
    #[error("there is no room for it")]
    NoRoom,
    /// Another process, or another profile, is fetching it.
    #[error("it is being fetched already")]
    Busy,
}

/// A file to fetch.
pub(crate) struct Fetch<'a> {
    pub(crate) api: &'a Api,
    pub(crate) environment: &'a Arc<dyn Environment>,
    pub(crate) store: &'a VideoStore,
    pub(crate) video: &'a Video,
    pub(crate) part: VideoPart,
    pub(crate) displaced: Displaced,
    /// How many others are in more of a hurry: before each piece, it waits until there are none.
    pub(crate) yields_to: Option<&'a watch::Sender<usize>>,
}

/// What is on the disk of a file that is being fetched.
struct Held {
    partial: Arc<Partial>,
    length: u64,
    /// The server's tag of the whole.
    tag: Option<String>,
}

impl Fetch<'_> {
    /// Fetches it.
    pub(crate) async fn run(&self) -> Result<(), FetchError> {
        let most = self.most_bytes()?;
        self.make_room(most).await?;
        let mut held = self.left_behind().await?;
        loop {
            if let Some(others) = self.yields_to {
                others.subscribe().wait_for(|others| *others == 0).await.ok();
            }
            let piece = self.next_piece(held.as_ref(), most).await?;
            let is_next = held.as_ref().is_some_and(|held| held.length == piece.offset && held.tag == piece.tag);
            let mut now = match held.take() {
                Some(held) if is_next => held,
                outdated => {
                    if let Some(outdated) = outdated {
                        outdated.partial.discard();
                    }
                    // The server has something else by now, and sends that from its beginning.
                    if piece.offset != 0 {
                        return Err(FetchError::NotAsAnnounced);
                    }
                    self.begin(piece.tag.clone()).await?
                }
            };
            let total = piece.total;
            if piece.bytes.is_empty() || (self.part == VideoPart::Video && total != most) {
                now.partial.discard();
                return Err(FetchError::NotAsAnnounced);
            }
            self.append(&mut now, piece.bytes).await?;
            if now.length == total {
                return self.complete(now).await;
            }
            held = Some(now);
        }
    }

    /// The most bytes it may have: of a video, exactly as many as it has.
    fn most_bytes(&self) -> Result<u64, FetchError> {
        match self.part {
            VideoPart::Video if self.video.size_bytes > VideoLimits::MAX_BYTES => Err(FetchError::NotAsAnnounced),
            VideoPart::Video => Ok(self.video.size_bytes),
            VideoPart::Poster => Ok(VideoLimits::MAX_POSTER_BYTES),
        }
    }

    async fn make_room(&self, bytes: u64) -> Result<(), FetchError> {
        let (store, environment, displaced) = (self.store.clone(), Arc::clone(self.environment), self.displaced);
        let has_room = blocking(&**self.environment, move || {
            store.create()?;
            let available = environment.available_space(store.directory())?;
            store.make_room(bytes, available, displaced, system_time(environment.now()))
        });
        if has_room.await? { Ok(()) } else { Err(FetchError::NoRoom) }
    }

    async fn next_piece(&self, held: Option<&Held>, most: u64) -> Result<VideoPiece, FetchError> {
        let offset = held.map_or(0, |held| held.length);
        let length = PIECE_BYTES.min(most.saturating_sub(offset));
        if length == 0 {
            return Err(FetchError::NotAsAnnounced);
        }
        let tag = held.and_then(|held| held.tag.as_deref());
        let piece = self.api.video(self.video.id, self.part, &WantedPiece { offset, length, tag, most }).await;
        piece.map_err(|error| match error {
            ApiError::TooLarge => FetchError::NotAsAnnounced,
            error => error.into(),
        })
    }

    /// What an earlier attempt has left behind.
    async fn left_behind(&self) -> Result<Option<Held>, FetchError> {
        let (store, file, most) = (self.store.clone(), self.file(), self.most_bytes()?);
        blocking(&**self.environment, move || {
            let mut found = None;
            for tag in store.tags_of_partials(&file) {
                let partial = store.partial(&file, &tag)?.ok_or(FetchError::Busy)?;
                let length = partial.length()?;
                if found.is_none() && is_sha256(&tag) && length < most {
                    found = Some(Held { partial: Arc::new(partial), length, tag: Some(tag) });
                } else {
                    partial.discard();
                }
            }
            Ok(found)
        })
        .await
    }

    async fn begin(&self, tag: Option<String>) -> Result<Held, FetchError> {
        let (store, file) = (self.store.clone(), self.file());
        blocking(&**self.environment, move || {
            let name = tag.as_deref().filter(|tag| is_sha256(tag)).unwrap_or(UNTAGGED);
            let partial = store.partial(&file, name)?.ok_or(FetchError::Busy)?;
            partial.file.set_len(0)?;
            Ok(Held { partial: Arc::new(partial), length: 0, tag })
        })
        .await
    }

    async fn append(&self, held: &mut Held, bytes: Vec<u8>) -> Result<(), FetchError> {
        let (partial, at) = (Arc::clone(&held.partial), held.length);
        held.length += bytes.len() as u64;
        let written = blocking(&**self.environment, move || {
            let mut file = &partial.file;
            file.seek(SeekFrom::Start(at))?;
            file.write_all(&bytes)
        });
        // On a full disk, what is there of it is only in the way.
        Ok(written.await.inspect_err(|_| held.partial.discard())?)
    }

    async fn complete(&self, held: Held) -> Result<(), FetchError> {
        let (store, file, now) = (self.store.clone(), self.file(), self.environment.now());
        blocking(&**self.environment, move || {
            if let Some(expected) = held.tag.filter(|tag| is_sha256(tag))
                && sha256(&held.partial)? != expected
            {
                held.partial.discard();
                return Err(FetchError::NotAsAnnounced);
            }
            Ok(store.complete(&held.partial, &file, system_time(now))?)
        })
        .await
    }

    fn file(&self) -> VideoFile {
        VideoFile::new(self.api.server(), self.video.id, self.part)
    }
}

fn sha256(partial: &Partial) -> io::Result<String> {
    let mut file = &partial.file;
    file.seek(SeekFrom::Start(0))?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(format!("{:x}", hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

fn is_sha256(tag: &str) -> bool {
    tag.len() == 64 && tag.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
