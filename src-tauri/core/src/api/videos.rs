//! Uploads and videos: bytes in pieces, both ways.

use std::time::Duration;

use reqwest::header::{CONTENT_RANGE, ETAG, HeaderName, IF_MATCH, IF_RANGE, RANGE};
use reqwest::{Method, Response, StatusCode};
use training::library::{SetVideo, StartUpload, StartedUpload};
use training::{Exercise, ExerciseId, UploadId, VideoId};
use uuid::Uuid;

use super::answer::{body_of_act, body_within, json};
use super::{Api, IDEMPOTENCY_KEY};
use crate::bridge::VideoPart;
use crate::failure::ApiError;

const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// The time limit of a request that carries a piece of a file: with less than ten kilobytes a second, there is no use.
const PIECE_TIMEOUT: Duration = Duration::from_mins(2);
/// The time limit of the request that has the server check a whole video.
const CHECK_TIMEOUT: Duration = Duration::from_mins(1);

/// A piece of a video.
pub(crate) struct VideoPiece {
    /// Where it begins.
    pub(crate) offset: u64,
    pub(crate) bytes: Vec<u8>,
    /// How large the whole is.
    pub(crate) total: u64,
    /// The server's strong tag of the whole, without its quotes.
    pub(crate) tag: Option<String>,
}

/// Which piece is wanted.
pub(crate) struct WantedPiece<'a> {
    pub(crate) offset: u64,
    pub(crate) length: u64,
    /// The tag of what is there already. If the server has something else by now, it sends that from its beginning.
    pub(crate) tag: Option<&'a str>,
    /// The most bytes the whole may have.
    pub(crate) most: u64,
}

impl Api {
    /// Begins an upload.
    pub(crate) async fn start_upload(&self, upload: &StartUpload, key: Uuid) -> Result<StartedUpload, ApiError> {
        let key = key.to_string();
        let request = || self.request(Method::POST, "/v1/uploads").header(IDEMPOTENCY_KEY, &key).json(upload);
        json(self.send(&request).await?).await
    }

    /// How much of an upload the server has.
    pub(crate) async fn upload_offset(&self, id: UploadId) -> Result<u64, ApiError> {
        offset(&self.send(&|| self.request(Method::HEAD, &format!("/v1/uploads/{id}"))).await?)
    }

    /// Adds bytes at the end of an upload; returns how much of it the server has then.
    pub(crate) async fn append(&self, id: UploadId, at: u64, bytes: Vec<u8>) -> Result<u64, ApiError> {
        let request = || {
            let request = self.request(Method::PATCH, &format!("/v1/uploads/{id}")).within(PIECE_TIMEOUT);
            request.header(UPLOAD_OFFSET, &at.to_string()).bytes("application/offset+octet-stream", bytes.clone())
        };
        offset(&self.send(&request).await?)
    }

    /// Ends an upload.
    pub(crate) async fn end_upload(&self, id: UploadId) -> Result<(), ApiError> {
        self.delete(&format!("/v1/uploads/{id}")).await
    }

    /// Gives an exercise the video that was uploaded. `None` if it is done and the answer can't be read.
    pub(crate) async fn set_video(
        &self,
        id: ExerciseId,
        video: &SetVideo,
        key: Uuid,
        version: u64,
    ) -> Result<Option<Exercise>, ApiError> {
        let (key, version) = (key.to_string(), format!("\"{version}\""));
        let request = || {
            let request = self.request(Method::PUT, &format!("/v1/exercises/{id}/video")).within(CHECK_TIMEOUT);
            request.header(IDEMPOTENCY_KEY, &key).header(IF_MATCH, &version).json(video)
        };
        let text = body_of_act(self.send(&request).await?).await?;
        Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
    }

    /// A piece of a video or its poster: the wanted one, or the whole.
    pub(crate) async fn video(
        &self,
        id: VideoId,
        part: VideoPart,
        wanted: &WantedPiece<'_>,
    ) -> Result<VideoPiece, ApiError> {
        let path = match part {
            VideoPart::Video => format!("/v1/videos/{id}"),
            VideoPart::Poster => format!("/v1/videos/{id}/poster"),
        };
        let range = format!("bytes={}-{}", wanted.offset, wanted.offset + wanted.length - 1);
        let request = || {
            let request = self.request(Method::GET, &path).within(PIECE_TIMEOUT).header(RANGE, &range);
            let tag = wanted.tag.map(|tag| format!("\"{tag}\""));
            tag.into_iter().fold(request, |request, tag| request.header(IF_RANGE, &tag))
        };
        let response = self.send(&request).await?;
        let tag = strong_tag(&response);
        if response.status() == StatusCode::PARTIAL_CONTENT {
            let (offset, total) = content_range(&response).ok_or(ApiError::NotRingside)?;
            if offset != wanted.offset {
                return Err(ApiError::NotRingside);
            }
            if total > wanted.most {
                return Err(ApiError::TooLarge);
            }
            let bytes = body_within(response, wanted.length).await?;
            return Ok(VideoPiece { offset, bytes, total, tag });
        }
        let bytes = body_within(response, wanted.most).await?;
        Ok(VideoPiece { offset: 0, total: bytes.len() as u64, bytes, tag })
    }
}

fn offset(response: &Response) -> Result<u64, ApiError> {
    let offset = response.headers().get(UPLOAD_OFFSET).and_then(|offset| offset.to_str().ok()?.parse().ok());
    offset.ok_or(ApiError::Unreadable)
}

/// Where a piece begins, and how large the whole is: `bytes 0-1023/4096`.
fn content_range(response: &Response) -> Option<(u64, u64)> {
    let text = response.headers().get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (range, total) = text.split_once('/')?;
    let (from, _to) = range.split_once('-')?;
    Some((from.parse().ok()?, total.parse().ok()?))
}

fn strong_tag(response: &Response) -> Option<String> {
    let tag = response.headers().get(ETAG)?.to_str().ok()?;
    Some(tag.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}
