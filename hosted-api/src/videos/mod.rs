//! Whether an uploaded file is a video that can be used, by what is in it.
//!
//! Nothing is decoded. A file is never read whole into memory, and only so many are looked into at once. Deliberately
//! absent: what a browser can play, which differs between systems.

mod mp4;
mod webm;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use training::library::VideoLimits;

/// How many bytes at the beginning of a file tell its type.
const HEAD: u64 = 4096;

/// What is known of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VideoFacts {
    pub(crate) media_type: &'static str,
    pub(crate) duration_ms: u64,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Why a file is no video that can be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAVideo {
    #[error("the file is no MP4, MOV or WebM")]
    OtherType,
    #[error("the file is cut off or damaged")]
    Damaged,
    #[error("the file has no picture in H.264, HEVC, VP8, VP9 or AV1 that is not encrypted")]
    NoPicture,
    #[error("the file does not say how long the video is")]
    NoDuration,
    #[error("the video is longer than ten minutes")]
    TooLong,
    #[error("the file can't be read")]
    Unreadable(#[from] io::Error),
}

/// Looks into a file.
pub(crate) fn inspect(path: &Path) -> Result<VideoFacts, NotAVideo> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    inspect_bytes(&mut BufReader::new(file), size)
}

/// Looks into so many bytes.
pub(crate) fn inspect_bytes<R: Read + Seek>(bytes: &mut R, size: u64) -> Result<VideoFacts, NotAVideo> {
    let facts = match media_type(bytes)? {
        Some("video/mp4" | "video/x-m4v") => mp4::inspect(bytes, size, "video/mp4")?,
        Some("video/quicktime") => mp4::inspect(bytes, size, "video/quicktime")?,
        Some("video/webm") => webm::inspect(bytes, size)?,
        _ => return Err(NotAVideo::OtherType),
    };
    if facts.width == 0 || facts.height == 0 {
        return Err(NotAVideo::NoPicture);
    }
    if facts.duration_ms == 0 {
        return Err(NotAVideo::NoDuration);
    }
    if crate::store::seconds(facts.duration_ms) > VideoLimits::MAX_DURATION_S {
        return Err(NotAVideo::TooLong);
    }
    Ok(facts)
}

/// The media type of a picture that can be a poster; none for any other file.
pub(crate) fn picture_type(path: &Path) -> io::Result<Option<&'static str>> {
    let kind = media_type(&mut File::open(path)?)?;
    Ok(kind.filter(|kind| matches!(*kind, "image/jpeg" | "image/png" | "image/webp")))
}

/// The media type of a file by its first bytes, and back to its beginning.
fn media_type<R: Read + Seek>(bytes: &mut R) -> io::Result<Option<&'static str>> {
    let mut head = Vec::new();
    bytes.by_ref().take(HEAD).read_to_end(&mut head)?;
    bytes.seek(SeekFrom::Start(0))?;
    Ok(infer::get(&head).map(|kind| kind.mime_type()))
}

/// A duration in units of which there are so many in a second, in milliseconds.
fn milliseconds(duration: u64, per_second: u64) -> Option<u64> {
    u64::try_from(u128::from(duration) * 1000 / u128::from(per_second.max(1))).ok()
}

#[cfg(test)]
mod tests;
