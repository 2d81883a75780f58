//! Videos on their way to an exercise: the person's side, and the sender's.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use training::library::{UploadMediaType, VideoLimits};
use training::{EntityRef, Exercise, ExerciseId, ProblemCode, Refusal};
use uuid::Uuid;

use super::connection::Connection;
use super::store::{Locked, Store};
use crate::bridge::{Failure, FailureCode, LocalCode, Message, StagedFileId, UploadState, VideoUpload};
use crate::environment::Environment;
use crate::files::blocking;
use crate::outbox::Entry;
use crate::replica::{Durability, Replica, ReplicaError};
use crate::uploads::{FileToSend, Staging, UploadJob};

/// The least time between two messages that say only how far an upload is.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);
/// The longest name of a file, in characters; it is only shown.
const MAX_NAME_CHARS: usize = 255;

/// See the module.
pub(crate) struct Uploads {
    store: Arc<Store>,
    environment: Arc<dyn Environment>,
    pub(crate) staging: Arc<Staging>,
    /// When the last message said how far an upload is.
    progress_emitted: Mutex<Option<Instant>>,
}

/// A video for an exercise, as a window gives it.
pub(crate) struct GivenVideo {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) video: StagedFileId,
    pub(crate) poster: Option<StagedFileId>,
}

/// The person's side.
impl Uploads {
    pub(crate) fn new(store: Arc<Store>, environment: Arc<dyn Environment>, directory: PathBuf) -> Self {
        let staging = Arc::new(Staging::new(directory, Arc::clone(&environment)));
        Self { store, environment, staging, progress_emitted: Mutex::default() }
    }

    fn connection(&self) -> &Connection {
        self.store.connection()
    }

    /// Makes room for a file that the window hands over.
    pub(crate) async fn stage(&self, size_bytes: u64) -> Result<StagedFileId, Failure> {
        must_be_staff(&self.store.lock().await)?;
        self.staging.make_room(size_bytes, VideoLimits::MAX_BYTES).await
    }

    /// Gives an exercise a video that was handed over. Replaces one that is still on its way to it.
    pub(crate) async fn give(&self, exercise: ExerciseId, given: GivenVideo) -> Result<(), Failure> {
        let GivenVideo { name, media_type, video, poster } = given;
        let media_type = UploadMediaType::ALL.iter().find(|known| known.as_str() == media_type);
        let media_type = *media_type.filter(|known| !known.is_picture()).ok_or_else(not_a_video)?;
        must_be_staff(&self.store.lock().await)?;
        let poster = match poster {
            // The window draws it.
            Some(file) => Some(self.file_to_send(file, UploadMediaType::Jpeg).await?),
            None => None,
        };
        let video = self.file_to_send(video, media_type).await?;
        let mut replica = self.store.lock().await;
        must_be_staff(&replica)?;
        let subject = EntityRef::of::<Exercise>(exercise);
        if replica.projected()?.document(subject).is_none() {
            return Err(Refusal::NotFound.into());
        }
        let key = self.environment.new_key();
        let job = UploadJob {
            key,
            by: replica.me()?.id,
            exercise,
            name: name.chars().take(MAX_NAME_CHARS).collect(),
            video,
            poster,
            set_key: key,
            sent_on: None,
            refused: None,
        };
        let replaced = replica.uploads_to(exercise);
        let abandoned = replica.begun_uploads(&replaced);
        replica.put_upload(job.clone(), &replaced).await?;
        self.connection().abandon_uploads(abandoned);
        job.files().for_each(|file| self.staging.hand_over(file));
        replica.emit_uploads();
        drop(replica);
        self.connection().wake_uploads();
        self.store.notify_changed();
        self.sweep().await;
        Ok(())
    }

    async fn file_to_send(&self, file: StagedFileId, media_type: UploadMediaType) -> Result<FileToSend, Failure> {
        let summary = self.staging.whole(file).await?;
        if summary.size_bytes > media_type.max_bytes() {
            let code = FailureCode::Server(ProblemCode::UploadTooLarge);
            return Err(Failure { code, ..Failure::local(LocalCode::Internal) });
        }
        Ok(FileToSend::new(file, summary, media_type, self.environment.new_key()))
    }

    /// Cancels what is on its way to an exercise, and forgets what was refused. The server is asked to end it as well.
    pub(crate) async fn cancel(&self, exercise: ExerciseId) -> Result<(), Failure> {
        let mut replica = self.store.lock().await;
        replica.me()?;
        let keys = replica.uploads_to(exercise);
        replica.abandon_uploads(&keys).await?;
        replica.emit_uploads();
        drop(replica);
        self.connection().wake_uploads();
        self.store.notify_changed();
        self.sweep().await;
        Ok(())
    }

    /// Removes the files that no upload needs: those that a process that ended has left, and those of an upload that is
    /// over.
    pub(crate) async fn sweep(&self) {
        let staging = Arc::clone(&self.staging);
        let listed = blocking(&*self.environment, move || staging.listed()).await;
        if listed.is_empty() {
            return;
        }
        // The list of jobs stands still until the files are removed.
        let replica = self.store.lock().await;
        let named: HashSet<StagedFileId> = replica.uploads().iter().flat_map(UploadJob::files).collect();
        let staging = Arc::clone(&self.staging);
        blocking(&*self.environment, move || staging.sweep(&listed, &named)).await;
        drop(replica);
    }
}

/// The sender's side.
impl Uploads {
    /// The upload to send next: the first of the signed-in user's whose exercise is on the server and which `is_due`.
    ///
    /// `None` before this sign-in's first snapshot, which says for certain who is signed in.
    pub(crate) async fn next(&self, is_due: impl Fn(Uuid) -> bool) -> Option<UploadJob> {
        let replica = self.store.lock().await;
        if !self.connection().has_snapshot() {
            return None;
        }
        let is_ready =
            |job: &&UploadJob| job.is_pending() && is_due(job.key) && !is_created_by_act(&replica, job.exercise);
        replica.own_uploads().find(is_ready).cloned()
    }

    /// How much of an upload's video the server has.
    pub(crate) async fn sent_bytes(&self, key: Uuid) -> u64 {
        self.store.lock().await.upload(key).map_or(0, |job| job.video.sent_bytes)
    }

    /// Returns when this upload no longer exists.
    pub(crate) async fn cancelled(&self, key: Uuid) {
        self.store.wait_until(|replica| replica.upload(key).is_none()).await;
    }

    /// Stores how far an upload is; returns whether it still exists.
    pub(crate) async fn record(&self, job: &UploadJob, durability: Durability) -> Result<bool, ReplicaError> {
        let mut replica = self.store.lock().await;
        if replica.upload(job.key).is_none() {
            return Ok(false);
        }
        replica.note_progress(job.clone(), durability).await?;
        if self.is_progress_due() {
            replica.emit_uploads();
        }
        Ok(true)
    }

    /// Shows what is being done with an upload; `None`: it waits, like every other.
    pub(crate) async fn show(&self, doing: Option<(Uuid, UploadState)>) {
        let replica = self.store.lock().await;
        let before = std::mem::replace(&mut self.connection().state().uploading, doing);
        if before != doing {
            replica.emit_uploads();
        }
    }

    /// The newest known version of an exercise.
    pub(crate) async fn version_of(&self, exercise: ExerciseId) -> Option<u64> {
        let replica = self.store.lock().await;
        let newest = replica.outbox().newest(EntityRef::of::<Exercise>(exercise), &replica.contents().documents);
        newest.document().map(training::Document::version)
    }

    /// The exercise has its video.
    pub(crate) async fn finish(&self, key: Uuid) -> Result<(), ReplicaError> {
        let mut replica = self.store.lock().await;
        replica.remove_uploads(&[key]).await?;
        self.connection().state().uploading = None;
        replica.emit_uploads();
        drop(replica);
        self.sweep().await;
        // The event should arrive soon.
        self.connection().request_retry();
        Ok(())
    }

    /// The server refused the upload.
    pub(crate) async fn refuse(&self, key: Uuid, code: FailureCode) -> Result<(), ReplicaError> {
        let mut replica = self.store.lock().await;
        let Some(job) = replica.upload(key).cloned() else { return Ok(()) };
        replica.put_upload(UploadJob { refused: Some(code), ..job }, &[]).await?;
        self.connection().state().uploading = None;
        replica.emit_uploads();
        Ok(())
    }

    fn is_progress_due(&self) -> bool {
        let now = Instant::now();
        let mut emitted = self.progress_emitted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = emitted.is_none_or(|emitted| now.duration_since(emitted) >= PROGRESS_INTERVAL);
        if is_due {
            *emitted = Some(now);
        }
        is_due
    }
}

impl Locked<'_> {
    /// The signed-in user's uploads, as a window shows them.
    pub(crate) fn shown_uploads(&self, uploading: Option<(Uuid, UploadState)>) -> Vec<VideoUpload> {
        let state = |job: &UploadJob| match uploading {
            Some((key, state)) if key == job.key => state,
            _ => UploadState::Waiting,
        };
        self.own_uploads().map(|job| job.shown(state(job))).collect()
    }

    /// Emits the uploads, and the number of waiting changes.
    pub(crate) fn emit_uploads(&self) {
        let connection = self.connection();
        let uploading = connection.state().uploading;
        connection.emit(Message::Uploads { uploads: self.shown_uploads(uploading) });
        self.emit_waiting();
    }

    /// An act that would have created an exercise was discarded: there is nothing a video could be for.
    pub(crate) async fn drop_uploads_for(&mut self, discarded: &Entry) -> Result<(), ReplicaError> {
        let exercise = ExerciseId(discarded.subject.id);
        let keys = self.uploads_to(exercise);
        let is_known = self.shown(EntityRef::of::<Exercise>(exercise)).is_some();
        if keys.is_empty() || is_known || !discarded.act.behaviour().creates() {
            return Ok(());
        }
        self.abandon_uploads(&keys).await?;
        self.emit_uploads();
        self.connection().wake_uploads();
        Ok(())
    }

    /// Removes uploads that nobody goes on with.
    async fn abandon_uploads(&mut self, keys: &[Uuid]) -> Result<(), ReplicaError> {
        let abandoned = self.begun_uploads(keys);
        self.remove_uploads(keys).await?;
        self.connection().abandon_uploads(abandoned);
        Ok(())
    }

    /// The act that creates an exercise is done again, and creates it under another id. If the former one is there again,
    /// it keeps its videos.
    pub(crate) async fn move_uploads(&mut self, from: EntityRef, to: EntityRef) -> Result<(), ReplicaError> {
        if from == to || self.shown(from).is_some() {
            return Ok(());
        }
        for key in self.uploads_to(ExerciseId(from.id)) {
            if let Some(job) = self.upload(key).cloned() {
                self.put_upload(UploadJob { exercise: ExerciseId(to.id), ..job }, &[]).await?;
            }
        }
        self.emit_uploads();
        Ok(())
    }
}

/// Whether an exercise is not on the server yet, because the act that creates it has not been done there.
fn is_created_by_act(replica: &Replica, exercise: ExerciseId) -> bool {
    let subject = EntityRef::of::<Exercise>(exercise);
    let acts = replica.outbox().entries().iter().filter(|entry| entry.subject == subject);
    acts.into_iter().any(|entry| entry.act.behaviour().creates())
}

fn must_be_staff(replica: &Locked<'_>) -> Result<(), Failure> {
    if replica.is_signed_in() && replica.me()?.is_staff() {
        return Ok(());
    }
    let code = if replica.is_signed_in() {
        FailureCode::Server(ProblemCode::RoleForbidden)
    } else {
        FailureCode::Local(LocalCode::NotSignedIn)
    };
    Err(Failure { code, ..Failure::local(LocalCode::Internal) })
}

fn not_a_video() -> Failure {
    Failure { code: FailureCode::Server(ProblemCode::NotAVideo), ..Failure::local(LocalCode::Internal) }
}
