//! Uploads: how a video and its poster come to the server, in parts and resumable.

use serde::{Deserialize, Serialize};

use crate::ids::UploadId;
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::vocabulary::vocabulary;

/// How large and how long a video may be.
#[derive(Clone, Copy, Debug)]
pub struct VideoLimits;

impl VideoLimits {
    /// The largest video, in bytes.
    pub const MAX_BYTES: u64 = 50_000_000;
    /// The longest video, in seconds.
    pub const MAX_DURATION_S: f64 = 600.0;
    /// The largest poster, in bytes.
    pub const MAX_POSTER_BYTES: u64 = 40_960;
}

vocabulary! {
    /// What a file that is uploaded says it is. What it really is, its content says.
    UploadMediaType {
        /// MP4.
        Mp4 = "video/mp4",
        /// `QuickTime`.
        Mov = "video/quicktime",
        /// `WebM`.
        Webm = "video/webm",
        /// JPEG.
        Jpeg = "image/jpeg",
        /// PNG.
        Png = "image/png",
        /// `WebP`.
        Webp = "image/webp",
    }
}

impl UploadMediaType {
    /// Whether it is that of a picture.
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// The largest file of this type, in bytes.
    pub fn max_bytes(self) -> u64 {
        if self.is_picture() { VideoLimits::MAX_POSTER_BYTES } else { VideoLimits::MAX_BYTES }
    }
}

/// Body of `POST /v1/uploads`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartUpload {
    /// How many bytes it has: 1 to 50,000,000, for a picture to 40,960.
    pub size_bytes: u64,
    /// Their SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// What it is.
    pub media_type: UploadMediaType,
}

impl StartUpload {
    /// Checks what is said of the file, except that it is too large, which is a refusal of its own.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with every finding.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::default();
        if self.size_bytes == 0 {
            findings.add("/size_bytes", FieldCode::OutOfRange);
        }
        if self.sha256.len() != 64 || !self.sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            findings.add("/sha256", FieldCode::Invalid);
        }
        findings.into_result()
    }

    /// Whether a file of its type may not be as large.
    pub fn is_too_large(&self) -> bool {
        self.size_bytes > self.media_type.max_bytes()
    }
}

/// Answer of `POST /v1/uploads`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartedUpload {
    /// Its id.
    pub id: UploadId,
    /// Where to send bytes from; absent when none are needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Whether no bytes are needed, because the studio has them already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub complete: bool,
}

/// Answer of `GET /v1/uploads/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// How many bytes it will have.
    pub size_bytes: u64,
    /// How many of them the server has.
    pub offset: u64,
    /// Whether the server has all of them, and they are those that were announced.
    pub complete: bool,
}

/// Body of `PUT /v1/exercises/{id}/video`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetVideo {
    /// The upload of the video.
    pub upload_id: UploadId,
    /// The upload of a picture to show before it plays.
    #[serde(default)]
    pub poster_upload_id: Option<UploadId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(size_bytes: u64, sha256: &str) -> StartUpload {
        StartUpload { size_bytes, sha256: sha256.to_owned(), media_type: UploadMediaType::Mp4 }
    }

    #[test]
    fn an_upload_needs_a_size_and_a_hash_in_lower_case() {
        let hash = "0a".repeat(32);
        assert_eq!(upload(1, &hash).check(), Ok(()));
        for (size, hash, pointer) in [
            (0, hash.clone(), "/size_bytes"),
            (1, hash.to_uppercase(), "/sha256"),
            (1, hash[1..].to_owned(), "/sha256"),
            (1, "g".repeat(64), "/sha256"),
        ] {
            let refused = upload(size, &hash).check().expect_err("refused");
            assert_eq!(refused.into_fields()[0].pointer, pointer);
        }
    }

    #[test]
    fn a_picture_is_too_large_sooner_than_a_video() {
        let large = upload(VideoLimits::MAX_POSTER_BYTES + 1, "");
        assert!(!large.is_too_large());
        assert!(StartUpload { media_type: UploadMediaType::Png, ..large }.is_too_large());
        assert!(upload(VideoLimits::MAX_BYTES + 1, "").is_too_large());
        assert!(!upload(VideoLimits::MAX_BYTES, "").is_too_large());
    }
}
