//! A video on its way to an exercise, as it is stored.

use serde::{Deserialize, Serialize};
use training::library::{StartUpload, UploadMediaType};
use training::{ExerciseId, UploadId, UserId};
use uuid::Uuid;

use super::StagedSummary;
use crate::bridge::{FailureCode, StagedFileId, UploadState, VideoUpload};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct UploadJob {
    /// Identifies it.
    pub(crate) key: Uuid,
    /// Who gave the video. It is sent and shown only while they are signed in.
    pub(crate) by: UserId,
    /// The exercise it is for.
    pub(crate) exercise: ExerciseId,
    /// The file's name.
    pub(crate) name: String,
    pub(crate) video: FileToSend,
    pub(crate) poster: Option<FileToSend>,
    /// The idempotency key under which the exercise gets the video.
    pub(crate) set_key: Uuid,
    /// The version of the exercise the request was sent with, while its outcome is unknown.
    pub(crate) sent_on: Option<u64>,
    /// Why it was refused.
    pub(crate) refused: Option<FailureCode>,
}

/// A file of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileToSend {
    /// Where it is staged.
    pub(crate) file: StagedFileId,
    pub(crate) size_bytes: u64,
    /// In lower-case hexadecimal.
    pub(crate) sha256: String,
    pub(crate) media_type: UploadMediaType,
    /// The idempotency key under which its upload is begun.
    pub(crate) key: Uuid,
    /// Its upload, once it was begun.
    pub(crate) upload: Option<UploadId>,
    /// How many bytes the server has acknowledged.
    pub(crate) sent_bytes: u64,
}

impl UploadJob {
    /// Whether it is still to be sent.
    pub(crate) fn is_pending(&self) -> bool {
        self.refused.is_none()
    }

    /// Its staged files.
    pub(crate) fn files(&self) -> impl Iterator<Item = StagedFileId> {
        self.poster.iter().chain([&self.video]).map(|file| file.file)
    }

    /// Its uploads that were begun.
    pub(crate) fn begun(&self) -> impl Iterator<Item = UploadId> {
        self.poster.iter().chain([&self.video]).filter_map(|file| file.upload)
    }

    /// The job as a window shows it, if this is what is being done with it.
    pub(crate) fn shown(&self, state: UploadState) -> VideoUpload {
        VideoUpload {
            exercise_id: self.exercise,
            name: self.name.clone(),
            size_bytes: self.video.size_bytes,
            sent_bytes: self.video.sent_bytes,
            state: if self.is_pending() { state } else { UploadState::Refused },
            problem: self.refused,
        }
    }
}

impl FileToSend {
    /// A file that is staged whole.
    pub(crate) fn new(file: StagedFileId, summary: StagedSummary, media_type: UploadMediaType, key: Uuid) -> Self {
        let StagedSummary { size_bytes, sha256 } = summary;
        Self { file, size_bytes, sha256, media_type, key, upload: None, sent_bytes: 0 }
    }

    /// The request that begins its upload.
    pub(crate) fn start(&self) -> StartUpload {
        StartUpload { size_bytes: self.size_bytes, sha256: self.sha256.clone(), media_type: self.media_type }
    }

    /// Forgets its upload, which the server no longer has. The next one begins under `key`.
    pub(crate) fn begin_again(&mut self, key: Uuid) {
        (self.upload, self.sent_bytes, self.key) = (None, 0, key);
    }
}
