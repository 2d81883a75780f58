//! One attempt at an upload: its files from where the server's offset is, and then the video for the exercise.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use training::library::{SetVideo, Video};
use training::{ProblemCode, UploadId};

use super::{FileToSend, UploadJob};
use crate::bridge::{FailureCode, LocalCode, StagedFileId};
use crate::context::AgentContext;
use crate::failure::ApiError;
use crate::files::blocking;
use crate::replica::{Durability, ReplicaError};

/// How much of a file is sent in one request. The server waits 30 s for all of it, so it also gets through at 10 KB a
/// second; and proxies may refuse a larger one.
const PIECE_BYTES: u64 = 256 * 1024;
/// How often a file may be begun again in one attempt, because the server has lost or discarded what it had.
const BEGINNINGS: u32 = 3;
/// How often another version of the exercise may come in between in one attempt.
const VERSIONS: u32 = 3;

/// Why an attempt ends before the exercise has its video.
#[derive(Debug)]
pub(super) enum Stop {
    /// The upload was cancelled or replaced.
    Gone,
    /// It can't be done.
    Refused(FailureCode),
    /// A request failed.
    Failed(ApiError),
    /// The server has answered, but the upload is no further.
    Later,
    /// How far it is could not be stored.
    NotStored(ReplicaError),
}

/// What an exercise was given.
pub(crate) struct Given {
    /// Its video now, if the answer could be read.
    pub(crate) video: Option<Video>,
    /// The files, where they are staged.
    pub(crate) file: StagedFileId,
    pub(crate) poster: Option<StagedFileId>,
}

/// See the module.
pub(super) struct Transfer<'a> {
    context: &'a AgentContext,
    job: UploadJob,
    beginnings: u32,
}

/// A file of the job.
#[derive(Clone, Copy)]
enum Which {
    Poster,
    Video,
}

impl<'a> Transfer<'a> {
    pub(super) fn new(context: &'a AgentContext, job: UploadJob) -> Self {
        Self { context, job, beginnings: 0 }
    }

    /// Whether the exercise may have the video already, because the answer to that request was lost. It is sent again
    /// exactly as before: only then does its key tell.
    pub(super) fn may_be_done(&self) -> bool {
        self.job.sent_on.is_some()
    }

    /// Sends what the server does not have yet.
    pub(super) async fn send_files(&mut self) -> Result<(), Stop> {
        if self.job.poster.is_some() {
            self.send_file(Which::Poster).await?;
        }
        self.send_file(Which::Video).await
    }

    async fn send_file(&mut self, which: Which) -> Result<(), Stop> {
        loop {
            let upload = match self.file(which).upload {
                Some(upload) => match self.context.api().upload_offset(upload).await {
                    Ok(offset) => {
                        self.note_offset(which, offset).await?;
                        if let Err(error) = self.confirm_end(which, upload).await {
                            self.recover(which, error).await?;
                            continue;
                        }
                        upload
                    }
                    Err(error) => {
                        self.recover(which, error).await?;
                        continue;
                    }
                },
                None => self.begin(which).await?,
            };
            match self.send_pieces(which, upload).await {
                Ok(()) => return Ok(()),
                Err(Stop::Failed(error)) => self.recover(which, error).await?,
                Err(stop) => return Err(stop),
            }
        }
    }

    async fn begin(&mut self, which: Which) -> Result<UploadId, Stop> {
        let file = self.file(which);
        let started = self.context.api().start_upload(&file.start(), file.key).await.map_err(Stop::Failed)?;
        let sent_bytes = if started.complete { file.size_bytes } else { started.offset.unwrap_or(0) };
        self.file_mut(which).upload = Some(started.id);
        self.note_offset(which, sent_bytes).await?;
        Ok(started.id)
    }

    /// Where the server has every byte, has it compare them with what was announced: it may have been ended before.
    async fn confirm_end(&self, which: Which, upload: UploadId) -> Result<(), ApiError> {
        let file = self.file(which);
        if file.sent_bytes == file.size_bytes {
            self.context.api().append(upload, file.size_bytes, Vec::new()).await?;
        }
        Ok(())
    }

    async fn send_pieces(&mut self, which: Which, upload: UploadId) -> Result<(), Stop> {
        loop {
            let &FileToSend { file, size_bytes, sent_bytes, .. } = self.file(which);
            if sent_bytes == size_bytes {
                return Ok(());
            }
            let piece = self.read_piece(file, sent_bytes, size_bytes).await?;
            let offset = self.context.api().append(upload, sent_bytes, piece).await.map_err(Stop::Failed)?;
            if offset <= sent_bytes {
                return Err(Stop::Later);
            }
            self.note_offset(which, offset).await?;
        }
    }

    /// Goes on after a failure that only means that the server has something else of the file than was believed.
    async fn recover(&mut self, which: Which, error: ApiError) -> Result<(), Stop> {
        let is_lost = match (&error, error.code()) {
            // Of a piece that came too slowly the server has kept what had come.
            (_, Some(ProblemCode::WrongOffset | ProblemCode::Timeout)) => false,
            (_, Some(ProblemCode::NotFound | ProblemCode::WrongHash))
            // An answer to `HEAD` has no body that could say it.
            | (ApiError::ServerError { status: 404, .. }, _) => true,
            _ => return Err(Stop::Failed(error)),
        };
        self.beginnings += 1;
        if self.beginnings > BEGINNINGS {
            return Err(if is_lost { Stop::Failed(error) } else { Stop::Later });
        }
        if is_lost {
            let key = self.context.environment.new_key();
            self.file_mut(which).begin_again(key);
            self.record(Durability::Power).await?;
        }
        Ok(())
    }

    /// A piece of a staged file.
    async fn read_piece(&self, file: StagedFileId, offset: u64, size_bytes: u64) -> Result<Vec<u8>, Stop> {
        let path = self.context.uploads.staging.path(file);
        let piece = blocking(&*self.context.environment, move || {
            let mut file = File::open(&path)?;
            if file.metadata()?.len() != size_bytes {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            file.seek(SeekFrom::Start(offset))?;
            let mut piece = Vec::new();
            file.take(PIECE_BYTES).read_to_end(&mut piece)?;
            Ok(piece)
        });
        piece.await.map_err(|error: std::io::Error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a staged file can't be read");
            Stop::Refused(FailureCode::Local(LocalCode::FileMissing))
        })
    }

    /// Gives the exercise the video, once the server has its files.
    pub(super) async fn give_to_exercise(&mut self) -> Result<Given, Stop> {
        let (Some(upload_id), poster) = (self.job.video.upload, self.job.poster.as_ref()) else {
            return Err(Stop::Later);
        };
        let body = SetVideo { upload_id, poster_upload_id: poster.and_then(|poster| poster.upload) };
        let mut is_outdated = false;
        for _ in 0..VERSIONS {
            let version = self.version_to_send_on(is_outdated).await?;
            let exercise = self.job.exercise;
            let error = match self.context.api().set_video(exercise, &body, self.job.set_key, version).await {
                Ok(exercise) => {
                    return Ok(Given {
                        video: exercise.and_then(|exercise| exercise.video),
                        file: self.job.video.file,
                        poster: self.job.poster.as_ref().map(|poster| poster.file),
                    });
                }
                Err(error) => error,
            };
            match error.code() {
                // Somebody else has changed the exercise. A video is a field of its own, which nobody else's text is in.
                Some(ProblemCode::VersionMismatch) => {
                    self.job.sent_on = None;
                    self.record(Durability::Power).await?;
                    is_outdated = true;
                }
                // The server has lost what it had of the files.
                Some(ProblemCode::UploadIncomplete) => {
                    self.begin_anew().await?;
                    return Err(Stop::Later);
                }
                _ if error.finds("/upload_id") || error.finds("/poster_upload_id") => {
                    self.begin_anew().await?;
                    return Err(Stop::Later);
                }
                _ => return Err(Stop::Failed(error)),
            }
        }
        Err(Stop::Later)
    }

    /// Sends everything again, as if it had never been sent.
    async fn begin_anew(&mut self) -> Result<(), Stop> {
        let new_key = || self.context.environment.new_key();
        self.job.set_key = new_key();
        self.job.sent_on = None;
        self.job.video.begin_again(new_key());
        if let Some(poster) = &mut self.job.poster {
            poster.begin_again(new_key());
        }
        self.record(Durability::Power).await
    }

    /// The version of the exercise to send the video on: that of an attempt whose answer was lost, so that its key tells
    /// whether it was done; or the newest. Which one that is, the server is asked if the one known here `is_outdated`.
    async fn version_to_send_on(&mut self, is_outdated: bool) -> Result<u64, Stop> {
        if let Some(version) = self.job.sent_on {
            return Ok(version);
        }
        let exercise = self.job.exercise;
        let known = self.context.uploads.version_of(exercise).await.filter(|_| !is_outdated);
        let version = if let Some(version) = known {
            version
        } else {
            let version = self.context.api().version_of_exercise(exercise).await.map_err(Stop::Failed)?;
            version.ok_or(Stop::Refused(FailureCode::Server(ProblemCode::NotFound)))?
        };
        self.job.sent_on = Some(version);
        self.record(Durability::Power).await?;
        Ok(version)
    }

    /// Stores how much of a file the server has.
    async fn note_offset(&mut self, which: Which, offset: u64) -> Result<(), Stop> {
        if offset > self.file(which).size_bytes {
            return Err(Stop::Failed(ApiError::Unreadable));
        }
        if offset > self.file(which).sent_bytes {
            self.beginnings = 0;
        }
        self.file_mut(which).sent_bytes = offset;
        // The server knows it as well.
        self.record(Durability::Process).await
    }

    /// Stores how far the job is. Keys and what is sent with them must survive a power cut before they are used.
    async fn record(&self, durability: Durability) -> Result<(), Stop> {
        match self.context.uploads.record(&self.job, durability).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Stop::Gone),
            Err(error) => Err(Stop::NotStored(error)),
        }
    }

    fn file(&self, which: Which) -> &FileToSend {
        match (which, &self.job.poster) {
            (Which::Poster, Some(poster)) => poster,
            _ => &self.job.video,
        }
    }

    fn file_mut(&mut self, which: Which) -> &mut FileToSend {
        match (which, &mut self.job.poster) {
            (Which::Poster, Some(poster)) => poster,
            (_, _) => &mut self.job.video,
        }
    }
}
