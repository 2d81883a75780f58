//! The files of the videos, and which of them go when there are too many.
//!
//! ```text
//! <videos>/<server>/<id>.video             whole
//! <videos>/<server>/<id>.poster
//! <videos>/<server>/<id>.video.<tag>.part  the beginning of one, by the server's tag of the whole
//! ```
//!
//! There is no list beside the files: a file's time of modification is when it was last used. So several processes can
//! share the directory, and a crash leaves nothing that does not fit together. Servers have directories of their own,
//! because the id of a video says nothing about another server's.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use training::VideoId;

use crate::address::ServerUrl;
use crate::bridge::VideoPart;
use crate::files::{create_private, private_file};

/// How much the videos may take up.
pub(crate) const LIMIT_BYTES: u64 = 2_000_000_000;
/// Videos that nobody has used for as long make room for what may be used some day.
const UNUSED_AFTER: Duration = Duration::from_hours(90 * 24);
/// How much must stay free on the disk.
const KEPT_FREE: u64 = 256 * 1024 * 1024;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct VideoStore {
    directory: PathBuf,
    limit_bytes: u64,
}

/// A file of the store: a video or its poster, on one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct VideoFile {
    server: String,
    id: VideoId,
    part: VideoPart,
}

/// What may be displaced for a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Displaced {
    /// Whatever was used least recently: the new file is to be played now.
    LeastRecentlyUsed,
    /// Only what nobody has used for long.
    Unused,
}

/// The beginning of a file, locked against every other process and task until it is dropped.
#[derive(Debug)]
pub(crate) struct Partial {
    path: PathBuf,
    pub(crate) file: File,
}

struct Kept {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

impl VideoFile {
    pub(crate) fn new(server: &ServerUrl, id: VideoId, part: VideoPart) -> Self {
        let digest = format!("{:x}", Sha256::digest(server.to_string()));
        Self { server: digest[..16].to_owned(), id, part }
    }

    pub(crate) fn part(&self) -> VideoPart {
        self.part
    }

    fn name(&self) -> String {
        match self.part {
            VideoPart::Video => format!("{}.video", self.id),
            VideoPart::Poster => format!("{}.poster", self.id),
        }
    }
}

impl VideoStore {
    /// The videos in `directory`, of which it holds at most `limit_bytes`.
    pub(crate) fn new(directory: PathBuf, limit_bytes: u64) -> Self {
        Self { directory, limit_bytes }
    }

    /// Creates its directory, which other users of the machine can't read.
    pub(crate) fn create(&self) -> io::Result<()> {
        create_private(&self.directory)
    }

    /// A whole file, which counts as used `now`.
    pub(crate) fn read(&self, file: &VideoFile, now: SystemTime) -> io::Result<Option<Vec<u8>>> {
        let mut opened = match File::options().read(true).write(true).open(self.path(file)) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        opened.read_to_end(&mut bytes)?;
        // A file that counts as older than it is goes too early, which does little harm.
        opened.set_modified(now).ok();
        Ok(Some(bytes))
    }

    /// Whether a file is there.
    pub(crate) fn has(&self, file: &VideoFile) -> bool {
        self.path(file).is_file()
    }

    /// Removes a file.
    pub(crate) fn remove(&self, file: &VideoFile) -> io::Result<()> {
        remove(&self.path(file))
    }

    /// Takes a file that is already on this disk, as a whole one.
    pub(crate) fn adopt(&self, file: &VideoFile, from: &Path, now: SystemTime) -> io::Result<()> {
        create_private(&self.directory_of(file))?;
        File::options().write(true).open(from)?.set_modified(now)?;
        std::fs::rename(from, self.path(file))
    }

    /// The beginning of a file, as far as it was fetched with this tag. `None` while somebody else fetches it.
    pub(crate) fn partial(&self, file: &VideoFile, tag: &str) -> io::Result<Option<Partial>> {
        create_private(&self.directory_of(file))?;
        let path = self.directory_of(file).join(format!("{}.{tag}.part", file.name()));
        let opened = private_file().create(true).truncate(false).read(true).write(true).open(&path)?;
        match opened.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
            Err(std::fs::TryLockError::Error(error)) => return Err(error),
        }
        Ok(Some(Partial { path, file: opened }))
    }

    /// The tags with which a beginning of a file was left behind.
    pub(crate) fn tags_of_partials(&self, file: &VideoFile) -> Vec<String> {
        let (prefix, suffix) = (format!("{}.", file.name()), ".part");
        let Ok(entries) = std::fs::read_dir(self.directory_of(file)) else { return Vec::new() };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.filter_map(|name| Some(name.strip_prefix(&prefix)?.strip_suffix(suffix)?.to_owned())).collect()
    }

    /// Makes a beginning that has become whole the file.
    pub(crate) fn complete(&self, partial: &Partial, file: &VideoFile, now: SystemTime) -> io::Result<()> {
        partial.file.sync_all()?;
        partial.file.set_modified(now)?;
        std::fs::rename(&partial.path, self.path(file))
    }

    /// Makes room for `bytes` more, on a disk with `available` bytes left; returns whether there is.
    pub(crate) fn make_room(
        &self,
        bytes: u64,
        available: u64,
        displaced: Displaced,
        now: SystemTime,
    ) -> io::Result<bool> {
        let mut kept = self.kept()?;
        kept.sort_by_key(|kept| kept.used);
        let mut total: u64 = kept.iter().map(|kept| kept.bytes).sum();
        let mut available = available;
        let may_go = |kept: &Kept| {
            displaced == Displaced::LeastRecentlyUsed
                || now.duration_since(kept.used).unwrap_or_default() >= UNUSED_AFTER
        };
        let fits = |total: u64, available: u64| {
            total + bytes <= self.limit_bytes && available >= bytes.saturating_add(KEPT_FREE)
        };
        // Nothing goes for a file that does not fit even then.
        let all: u64 = kept.iter().filter(|kept| may_go(kept)).map(|kept| kept.bytes).sum();
        if !fits(total - all, available.saturating_add(all)) {
            return Ok(false);
        }
        for oldest in kept.iter().filter(|kept| may_go(kept)) {
            if fits(total, available) {
                break;
            }
            remove(&oldest.path)?;
            (total, available) = (total - oldest.bytes, available.saturating_add(oldest.bytes));
        }
        Ok(true)
    }

    /// Where the files are.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    fn kept(&self) -> io::Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for server in entries(&self.directory)? {
            for file in entries(&server.path())? {
                // It may just have been displaced by another process.
                let Ok(metadata) = file.metadata() else { continue };
                kept.push(Kept { path: file.path(), bytes: metadata.len(), used: metadata.modified()? });
            }
        }
        Ok(kept)
    }

    fn directory_of(&self, file: &VideoFile) -> PathBuf {
        self.directory.join(&file.server)
    }

    fn path(&self, file: &VideoFile) -> PathBuf {
        self.directory_of(file).join(file.name())
    }
}

impl Partial {
    /// How much of it is there.
    pub(crate) fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Forgets what was fetched.
    pub(crate) fn discard(&self) {
        if let Err(error) = remove(&self.path) {
            tracing::warn!(error = &error as &dyn std::error::Error, "a part of a video could not be removed yet");
        }
    }
}

fn entries(directory: &Path) -> io::Result<Vec<std::fs::DirEntry>> {
    match std::fs::read_dir(directory) {
        Ok(entries) => entries.collect(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    struct Fixture {
        store: VideoStore,
        _home: tempfile::TempDir,
    }

    /// A store that holds ten bytes.
    fn store() -> Fixture {
        let home = tempfile::tempdir().expect("a temporary directory");
        Fixture { store: VideoStore::new(home.path().join("videos"), 10), _home: home }
    }

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + 20_000 * DAY
    }

    fn file(number: u128) -> VideoFile {
        let server = "https://ringside.example".parse().expect("an address");
        VideoFile::new(&server, VideoId(Uuid::from_u128(number)), VideoPart::Video)
    }

    impl Fixture {
        fn put(&self, number: u128, bytes: &[u8], used: SystemTime) {
            let partial = self.store.partial(&file(number), "tag").expect("writable").expect("nobody else");
            io::Write::write_all(&mut &partial.file, bytes).expect("writable");
            self.store.complete(&partial, &file(number), used).expect("writable");
        }

        fn kept(&self) -> Vec<u128> {
            (1..=4).filter(|number| self.store.has(&file(*number))).collect()
        }

        fn make_room(&self, bytes: u64, displaced: Displaced) -> bool {
            self.store.make_room(bytes, u64::MAX, displaced, now()).expect("writable")
        }
    }

    #[test]
    fn the_least_recently_used_videos_make_room_for_others() {
        let fixture = store();
        for number in 1..=3 {
            fixture.put(number, b"abc", now() - 10 * DAY + DAY * u32::try_from(number).expect("small"));
        }
        assert!(fixture.make_room(1, Displaced::LeastRecentlyUsed));
        assert_eq!(fixture.kept(), [1, 2, 3], "there was room");
        assert_eq!(fixture.store.read(&file(1), now()).expect("readable").as_deref(), Some(&b"abc"[..]));
        assert!(fixture.make_room(4, Displaced::LeastRecentlyUsed));
        assert_eq!(fixture.kept(), [1, 3], "the first was just used");
        assert!(fixture.make_room(10, Displaced::LeastRecentlyUsed));
        assert_eq!(fixture.kept(), []);
        assert!(!fixture.make_room(11, Displaced::LeastRecentlyUsed), "more than the store holds");
    }

    #[test]
    fn a_video_of_some_day_displaces_only_what_nobody_has_used_for_long() {
        let fixture = store();
        fixture.put(1, b"abcde", now() - 100 * DAY);
        fixture.put(2, b"abcde", now() - 80 * DAY);
        assert!(fixture.make_room(5, Displaced::Unused));
        assert_eq!(fixture.kept(), [2]);
        assert!(!fixture.make_room(6, Displaced::Unused));
        assert_eq!(fixture.kept(), [2]);
    }

    #[test]
    fn videos_make_room_on_a_disk_that_is_nearly_full() {
        let fixture = store();
        fixture.put(1, b"abcde", now() - DAY);
        fixture.put(2, b"abcde", now());
        let available = KEPT_FREE - 3;
        let has_room = fixture.store.make_room(1, available, Displaced::LeastRecentlyUsed, now()).expect("writable");
        assert!(has_room);
        assert_eq!(fixture.kept(), [2]);
        assert!(!fixture.store.make_room(1, 0, Displaced::LeastRecentlyUsed, now()).expect("writable"));
    }

    #[test]
    fn the_same_id_on_another_server_is_another_video() {
        let fixture = store();
        fixture.put(1, b"abc", now());
        let server = "https://another.example".parse().expect("an address");
        let other = VideoFile::new(&server, VideoId(Uuid::from_u128(1)), VideoPart::Video);
        assert_eq!(fixture.store.read(&other, now()).expect("readable"), None);
    }

    #[cfg(unix)]
    #[test]
    fn other_users_of_the_machine_can_t_read_videos() {
        use std::os::unix::fs::PermissionsExt;
        let fixture = store();
        fixture.put(1, b"abc", now());
        let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(&fixture.store.path(&file(1))), 0o600);
        assert_eq!(mode(&fixture.store.directory_of(&file(1))), 0o700);
    }
}
