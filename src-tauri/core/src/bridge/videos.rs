//! Videos on their way to the server, and those a window plays.
//!
//! Their bytes are in no call or message: a window hands over a file with the command `put_file`, piece by piece, and
//! gets a video with the command `read_video`.

use serde::{Deserialize, Serialize};
use training::ExerciseId;
pub use training::VideoId;
use ts_rs::TS;
use uuid::Uuid;

use super::FailureCode;

/// The most bytes one `put_file` takes.
pub const FILE_PIECE_BYTES: usize = 1024 * 1024;

/// A file that a window hands over: a video, or a picture to show before it plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct StagedFileId(pub Uuid);

/// Room for a file that a window will hand over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct StagedFile {
    /// Identifies it in `put_file` and in calls.
    pub id: StagedFileId,
}

/// What a window may read of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VideoPart {
    /// The video itself.
    Video,
    /// The picture to show before it plays.
    Poster,
}

/// A video on its way to an exercise. It is listed until the exercise has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct VideoUpload {
    /// The exercise.
    pub exercise_id: ExerciseId,
    /// The file's name, as the person knows it.
    pub name: String,
    /// The file's size in bytes.
    pub size_bytes: u64,
    /// How many of these bytes the server has acknowledged.
    pub sent_bytes: u64,
    /// Its state.
    pub state: UploadState,
    /// Why it was refused; `null` in every other state.
    pub problem: Option<FailureCode>,
}

/// The state of a video on its way to an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// Another one is sent first, its exercise is not on the server yet, or the server can't be reached.
    Waiting,
    /// Its bytes are being sent.
    Sending,
    /// All bytes are sent: the server checks what is in them, and then gives it to the exercise.
    Checking,
    /// It was refused. It stays listed until it is cancelled or replaced.
    Refused,
}
