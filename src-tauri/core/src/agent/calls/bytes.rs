//! The bytes of files and videos, which go in no call or message.

use training::VideoId;

use crate::agent::Agent;
use crate::bridge::{Failure, StagedFileId, VideoPart};

impl Agent {
    /// Writes a piece of a file that the window hands over at `offset`; returns the offset after it.
    ///
    /// # Errors
    /// The [`Failure`] to show. Nothing of the file is left then.
    pub async fn put_file(&self, file: StagedFileId, offset: u64, bytes: Vec<u8>) -> Result<u64, Failure> {
        self.context.uploads.staging.write(file, offset, bytes).await
    }

    /// Reads a video or its poster, which is fetched first if this machine does not have it.
    ///
    /// # Errors
    /// The [`Failure`] to show: also for a video that nothing names which the signed-in person may see.
    pub async fn read_video(&self, id: VideoId, part: VideoPart) -> Result<Vec<u8>, Failure> {
        self.context.videos.read(&self.context.api(), id, part).await
    }
}
