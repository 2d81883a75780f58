//! Files that a window hands over, piece by piece, in the profile's directory.
//!
//! A file that is not whole, or that no job names, is of no use to anybody after the process has ended: the next start
//! removes it.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use training::{ProblemCode, Refusal};

use crate::bridge::{FILE_PIECE_BYTES, Failure, FailureCode, LocalCode, StagedFileId};
use crate::environment::Environment;
use crate::files::{blocking, create_private, disk_failure, private_file, sync_directory};

/// How many bytes must stay free on the disk: the replica needs room as well.
const KEPT_FREE: u64 = 64 * 1024 * 1024;
/// A page that hands a file over sends its pieces one right after the other. Without one for so long, it was reloaded.
const FORGOTTEN_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_secs(10);
/// How many files may be handed over at once. A window needs two, and forgets those it began before it was reloaded.
const MOST_OPEN: usize = 6;

/// See the module.
pub(crate) struct Staging {
    directory: PathBuf,
    environment: Arc<dyn Environment>,
    /// The files that no job names yet, in the order they were begun.
    open: Arc<Mutex<OpenFiles>>,
}

type OpenFiles = Vec<(StagedFileId, Arc<Mutex<Staged>>)>;

/// What is in a file that was handed over whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StagedSummary {
    pub(crate) size_bytes: u64,
    /// In lower-case hexadecimal.
    pub(crate) sha256: String,
}

/// A file that is being handed over.
struct Staged {
    file: File,
    size_bytes: u64,
    written_bytes: u64,
    hasher: Sha256,
    /// When the last piece of it came.
    touched: jiff::Timestamp,
}

impl Staging {
    /// The staged files in `directory`, which is created when the first one is.
    pub(crate) fn new(directory: PathBuf, environment: Arc<dyn Environment>) -> Self {
        Self { directory, environment, open: Arc::default() }
    }

    /// Makes room for a file of this size, which may be at most `most`.
    pub(crate) async fn make_room(&self, size_bytes: u64, most: u64) -> Result<StagedFileId, Failure> {
        if size_bytes == 0 {
            return Err(refused(ProblemCode::Invalid));
        }
        if size_bytes > most {
            return Err(refused(ProblemCode::UploadTooLarge));
        }
        let id = StagedFileId(self.environment.new_key());
        let (directory, path, environment) = (self.directory.clone(), self.path(id), Arc::clone(&self.environment));
        let open = Arc::clone(&self.open);
        let forgotten = blocking(&*self.environment, move || {
            create_private(&directory)?;
            if environment.available_space(&directory)? < size_bytes.saturating_add(KEPT_FREE) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            // A sweep, which removes what is not in the list, waits for the list.
            let mut open = lock(&open);
            let file = private_file().create_new(true).write(true).open(&path)?;
            let touched = environment.now();
            let staged = Staged { file, size_bytes, written_bytes: 0, hasher: Sha256::new(), touched };
            open.push((id, Arc::new(Mutex::new(staged))));
            let too_many = open.len().saturating_sub(MOST_OPEN);
            Ok(open.drain(..too_many).map(|(id, _)| id).collect::<Vec<_>>())
        });
        let forgotten = forgotten.await.map_err(|error| disk_failure(&self.directory, &error))?;
        for forgotten in forgotten {
            self.remove(forgotten);
        }
        Ok(id)
    }

    /// Writes a piece of a file at `offset`, which is its end so far; returns its end after that.
    ///
    /// A piece that was written already may come again: its answer may have been lost with a page that was reloaded. If
    /// the disk fails, nothing of the file is left.
    pub(crate) async fn write(&self, id: StagedFileId, offset: u64, bytes: Vec<u8>) -> Result<u64, Failure> {
        let staged = self.staged(id).ok_or_else(missing)?;
        lock(&staged).touched = self.environment.now();
        let written = blocking(&*self.environment, move || lock(&staged).write(offset, &bytes)).await;
        written.map_err(|error| {
            self.discard(id);
            match error {
                WriteError::Refused(failure) => *failure,
                WriteError::Disk(error) => disk_failure(&self.directory, &error),
            }
        })
    }

    /// What is in a file, which was handed over whole and survives a power cut from here on.
    ///
    /// # Errors
    /// [`LocalCode::FileMissing`] if it is not whole.
    pub(crate) async fn whole(&self, id: StagedFileId) -> Result<StagedSummary, Failure> {
        let staged = self.staged(id).ok_or_else(missing)?;
        let directory = self.directory.clone();
        let summary = blocking(&*self.environment, move || {
            let staged = lock(&staged);
            if staged.written_bytes != staged.size_bytes {
                return Ok(None);
            }
            staged.file.sync_all()?;
            sync_directory(&directory)?;
            let sha256 = format!("{:x}", staged.hasher.clone().finalize());
            Ok(Some(StagedSummary { size_bytes: staged.size_bytes, sha256 }))
        });
        summary.await.map_err(|error| disk_failure(&self.directory, &error))?.ok_or_else(missing)
    }

    /// The bytes of a file, which was handed over whole and stays here.
    ///
    /// # Errors
    /// [`LocalCode::FileMissing`] if it is not whole.
    pub(crate) async fn read(&self, id: StagedFileId) -> Result<Vec<u8>, Failure> {
        let staged = self.staged(id).ok_or_else(missing)?;
        let path = self.path(id);
        let bytes = blocking(&*self.environment, move || {
            let staged = lock(&staged);
            if staged.written_bytes == staged.size_bytes { std::fs::read(path).map(Some) } else { Ok(None) }
        });
        bytes.await.map_err(|error| disk_failure(&self.directory, &error))?.ok_or_else(missing)
    }

    /// Closes a file that a job names from here on.
    pub(crate) fn hand_over(&self, id: StagedFileId) {
        self.open().retain(|(open, _)| *open != id);
    }

    /// Removes a file that no job names.
    pub(crate) fn discard(&self, id: StagedFileId) {
        let is_open = self.staged(id).is_some();
        if is_open {
            self.hand_over(id);
            self.remove(id);
        }
    }

    /// Whether a file is being handed over right now: a window that closed would lose it.
    pub(crate) fn is_in_use(&self) -> bool {
        let now = self.environment.now();
        self.open().iter().any(|(_, staged)| now.duration_since(lock(staged).touched).abs() < FORGOTTEN_AFTER)
    }

    /// Removes every file that no job names.
    pub(crate) fn discard_all(&self) {
        let open = std::mem::take(&mut *self.open());
        for (id, _) in open {
            self.remove(id);
        }
    }

    /// The files in the directory, whoever names them.
    pub(crate) fn listed(&self) -> Vec<PathBuf> {
        let Ok(files) = std::fs::read_dir(&self.directory) else { return Vec::new() };
        files.filter_map(|file| Some(file.ok()?.path())).collect()
    }

    /// Removes those of `listed` that are neither being handed over nor `named` by a job. No job begins meanwhile.
    pub(crate) fn sweep(&self, listed: &[PathBuf], named: &HashSet<StagedFileId>) {
        let list = self.open();
        let open: HashSet<PathBuf> = list.iter().map(|(id, _)| self.path(*id)).collect();
        let named: HashSet<PathBuf> = named.iter().map(|id| self.path(*id)).collect();
        for path in listed.iter().filter(|path| !open.contains(*path) && !named.contains(*path)) {
            remove_file(path);
        }
        drop(list);
    }

    /// Where a file is.
    pub(crate) fn path(&self, id: StagedFileId) -> PathBuf {
        self.directory.join(id.0.to_string())
    }

    fn remove(&self, id: StagedFileId) {
        remove_file(&self.path(id));
    }

    fn staged(&self, id: StagedFileId) -> Option<Arc<Mutex<Staged>>> {
        self.open().iter().find(|(open, _)| *open == id).map(|(_, staged)| Arc::clone(staged))
    }

    fn open(&self) -> MutexGuard<'_, OpenFiles> {
        lock(&self.open)
    }
}

enum WriteError {
    Refused(Box<Failure>),
    Disk(io::Error),
}

impl Staged {
    fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<u64, WriteError> {
        let refused = |failure: Failure| Err(WriteError::Refused(Box::new(failure)));
        if bytes.len() > FILE_PIECE_BYTES {
            return refused(Failure::local(LocalCode::Internal).because("the piece is too large"));
        }
        let end = offset + bytes.len() as u64;
        if end > self.size_bytes {
            return refused(self::refused(ProblemCode::UploadTooLarge));
        }
        if end <= self.written_bytes {
            return Ok(self.written_bytes);
        }
        if offset != self.written_bytes {
            return refused(Failure::local(LocalCode::Internal).because("the piece does not follow the one before"));
        }
        self.file.write_all(bytes).map_err(WriteError::Disk)?;
        self.hasher.update(bytes);
        self.written_bytes = end;
        Ok(end)
    }
}

fn missing() -> Failure {
    Failure::local(LocalCode::FileMissing)
}

fn refused(code: ProblemCode) -> Failure {
    Failure { code: FailureCode::Server(code), ..Failure::from(Refusal::NotFound) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remove_file(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a staged file could not be removed yet");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock_server::{MockMachine, MockServer, bytes};

    const MOST: u64 = 10_000_000;

    fn staging(free_bytes: u64) -> (tempfile::TempDir, Staging) {
        let home = tempfile::tempdir().expect("a temporary directory");
        let machine = MockMachine { server: Arc::new(MockServer::default()), free_bytes };
        let staging = Staging::new(home.path().join("uploads"), Arc::new(machine));
        (home, staging)
    }

    fn code(failed: Result<impl std::fmt::Debug, Failure>) -> FailureCode {
        failed.expect_err("it fails").code
    }

    #[tokio::test]
    async fn a_file_is_hashed_while_it_is_handed_over() {
        let (_home, staging) = staging(u64::MAX);
        let content = bytes(FILE_PIECE_BYTES + 10);
        let id = staging.make_room(content.len() as u64, MOST).await.expect("there is room");
        let (first, second) = content.split_at(FILE_PIECE_BYTES);
        let end = FILE_PIECE_BYTES as u64;
        assert_eq!(staging.write(id, 0, first.to_vec()).await.expect("writable"), end);
        assert_eq!(code(staging.whole(id).await), FailureCode::Local(LocalCode::FileMissing), "not yet");
        assert_eq!(code(staging.read(id).await), FailureCode::Local(LocalCode::FileMissing), "not yet");
        assert_eq!(
            staging.write(id, 0, first.to_vec()).await.expect("written"),
            end,
            "a repeated piece changes nothing"
        );
        staging.write(id, end, second.to_vec()).await.expect("writable");
        let summary = staging.whole(id).await.expect("it is whole");
        assert_eq!(summary.sha256, format!("{:x}", Sha256::digest(&content)));
        assert_eq!(std::fs::read(staging.path(id)).expect("readable"), content);
        assert_eq!(staging.read(id).await.expect("it is whole"), content);
        staging.discard(id);
        assert_eq!(code(staging.read(id).await), FailureCode::Local(LocalCode::FileMissing));
    }

    #[tokio::test]
    async fn a_file_of_no_bytes_or_of_too_many_is_refused_before_it_is_handed_over() {
        let (_home, staging) = staging(u64::MAX);
        assert_eq!(code(staging.make_room(0, MOST).await), FailureCode::Server(ProblemCode::Invalid));
        let too_many = MOST + 1;
        assert_eq!(code(staging.make_room(too_many, MOST).await), FailureCode::Server(ProblemCode::UploadTooLarge));
        assert_eq!(staging.listed(), Vec::<PathBuf>::new());
    }

    #[tokio::test]
    async fn a_file_larger_than_announced_is_refused_and_leaves_nothing() {
        let (_home, staging) = staging(u64::MAX);
        let id = staging.make_room(10, MOST).await.expect("there is room");
        let refused = staging.write(id, 0, bytes(11)).await;
        assert_eq!(code(refused), FailureCode::Server(ProblemCode::UploadTooLarge));
        assert_eq!(staging.listed(), Vec::<PathBuf>::new());
    }

    #[tokio::test]
    async fn there_is_no_room_on_a_disk_that_is_nearly_full() {
        let (_home, staging) = staging(KEPT_FREE + 9);
        assert_eq!(code(staging.make_room(10, MOST).await), FailureCode::Local(LocalCode::DiskFull));
        assert_eq!(staging.listed(), Vec::<PathBuf>::new());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_disk_that_fills_up_meanwhile_leaves_nothing_of_the_file() {
        let (_home, staging) = staging(u64::MAX);
        let id = staging.make_room(10, MOST).await.expect("there is room");
        let full = File::options().write(true).open("/dev/full").expect("every Linux has it");
        lock(&staging.staged(id).expect("it is open")).file = full;
        assert_eq!(code(staging.write(id, 0, bytes(10)).await), FailureCode::Local(LocalCode::DiskFull));
        assert_eq!(code(staging.write(id, 0, bytes(10)).await), FailureCode::Local(LocalCode::FileMissing));
        assert_eq!(staging.listed(), Vec::<PathBuf>::new());
    }

    #[tokio::test]
    async fn only_files_that_are_handed_over_or_named_survive_a_sweep() {
        let (home, first) = staging(u64::MAX);
        let named = first.make_room(10, MOST).await.expect("there is room");
        let half = first.make_room(10, MOST).await.expect("there is room");
        // After the process has ended.
        let again = Staging::new(home.path().join("uploads"), Arc::clone(&first.environment));
        let open = again.make_room(10, MOST).await.expect("there is room");
        again.sweep(&again.listed(), &HashSet::from([named]));
        let is_there = |id| again.path(id).exists();
        assert_eq!([named, half, open].map(is_there), [true, false, true]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn other_users_of_the_machine_can_t_read_staged_files() {
        use std::os::unix::fs::PermissionsExt;
        let (home, staging) = staging(u64::MAX);
        let id = staging.make_room(10, MOST).await.expect("there is room");
        let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(&staging.path(id)), 0o600);
        assert_eq!(mode(&home.path().join("uploads")), 0o700);
    }
}
