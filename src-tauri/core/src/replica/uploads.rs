//! The uploads in the replica: stored before they are begun, and while they are going on.

use training::{ExerciseId, UploadId};
use uuid::Uuid;

use super::file::{Durability, Write};
use super::{Replica, ReplicaError};
use crate::uploads::UploadJob;

impl Replica {
    /// All uploads, of all users, in the order in which they are sent.
    pub(crate) fn uploads(&self) -> &[UploadJob] {
        &self.uploads
    }

    /// Those of whoever is signed in.
    pub(crate) fn own_uploads(&self) -> impl Iterator<Item = &UploadJob> {
        let me = self.contents.me.as_ref().map(|me| me.id);
        self.uploads.iter().filter(move |job| Some(job.by) == me)
    }

    /// The upload with this key.
    pub(crate) fn upload(&self, key: Uuid) -> Option<&UploadJob> {
        self.uploads.iter().find(|job| job.key == key)
    }

    /// The keys of the signed-in user's uploads to an exercise.
    pub(crate) fn uploads_to(&self, exercise: ExerciseId) -> Vec<Uuid> {
        self.own_uploads().filter(|job| job.exercise == exercise).map(|job| job.key).collect()
    }

    /// What the server has of the uploads with these keys.
    pub(crate) fn begun_uploads(&self, keys: &[Uuid]) -> Vec<UploadId> {
        let jobs = self.uploads.iter().filter(|job| keys.contains(&job.key));
        jobs.flat_map(UploadJob::begun).collect()
    }

    /// Stores an upload after all others, or in its existing position, in place of those with the keys `replaced`.
    pub(crate) async fn put_upload(&mut self, job: UploadJob, replaced: &[Uuid]) -> Result<(), ReplicaError> {
        let deletions = replaced.iter().copied().map(Write::DeleteUpload);
        let writes: Vec<Write<'_>> = deletions.chain([Write::PutUpload(&job)]).collect();
        self.file.commit(&writes, Durability::Power).await?;
        self.uploads.retain(|known| !replaced.contains(&known.key));
        match self.uploads.iter_mut().find(|known| known.key == job.key) {
            Some(known) => *known = job,
            None => self.uploads.push(job),
        }
        Ok(())
    }

    /// Stores how far an upload is.
    pub(crate) async fn note_progress(&mut self, job: UploadJob, durability: Durability) -> Result<(), ReplicaError> {
        self.file.commit(&[Write::PutUpload(&job)], durability).await?;
        if let Some(known) = self.uploads.iter_mut().find(|known| known.key == job.key) {
            *known = job;
        }
        Ok(())
    }

    /// Removes uploads.
    pub(crate) async fn remove_uploads(&mut self, keys: &[Uuid]) -> Result<(), ReplicaError> {
        let writes: Vec<Write<'_>> = keys.iter().copied().map(Write::DeleteUpload).collect();
        self.file.commit(&writes, Durability::Power).await?;
        self.uploads.retain(|job| !keys.contains(&job.key));
        Ok(())
    }
}
