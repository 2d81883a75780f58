//! Answers with a file that never changes under its URL: as a whole, in parts, or not at all to whoever has it.
//!
//! A cache or a resumed download needs only tags; dates are ignored.

use std::io::{self, ErrorKind};
use std::path::Path;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeFile;

use super::ApiError;

/// A file, and what is said of it.
pub(crate) struct FileAnswer<'a> {
    pub(crate) path: &'a Path,
    /// The hash of its bytes, which is its tag.
    pub(crate) hash: &'a str,
    /// Its media type; absent, it is bytes.
    pub(crate) media_type: Option<&'a str>,
    /// Who may keep it, and for how long.
    pub(crate) caching: HeaderValue,
}

/// Answers a request for a file.
pub(crate) async fn answer_with_file(
    answer: FileAnswer<'_>,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let tag = format!("\"{}\"", answer.hash);
    let caching = [(ETAG, HeaderValue::from_str(&tag).map_err(ApiError::internal)?), (CACHE_CONTROL, answer.caching)];
    if matches_if_none_match(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let mut file = ServeFile::new(answer.path);
    // Ranges are for GET alone (RFC 9110, section 14.2).
    let range = range(headers, &tag).filter(|_| *method == Method::GET);
    let mut file_response = file.try_call(file_request(method, range.as_deref())).await.map_err(ApiError::internal)?;
    // A suffix range longer than the file means the whole file (RFC 9110, section 14.1.2).
    let is_suffix_range = range.is_some_and(|range| range.starts_with("bytes=-") && range != "bytes=-0");
    if file_response.status() == StatusCode::RANGE_NOT_SATISFIABLE && is_suffix_range {
        file_response = file.try_call(file_request(method, None)).await.map_err(ApiError::internal)?;
    }
    if file_response.status() == StatusCode::NOT_FOUND {
        // The database has it, so this node does not share the directory of the node it was stored on.
        let missing = io::Error::new(ErrorKind::NotFound, format!("{} has no file here", answer.hash));
        return Err(ApiError::internal(missing));
    }
    let mut response = file_response.map(Body::new);
    response.headers_mut().remove(LAST_MODIFIED);
    // An unsatisfiable range must not be cached.
    if response.status().is_success() {
        response.headers_mut().extend(caching);
        if let Some(media_type) = answer.media_type {
            let media_type = HeaderValue::from_str(media_type).map_err(ApiError::internal)?;
            response.headers_mut().insert(CONTENT_TYPE, media_type);
        }
    }
    Ok(response)
}

/// Whether the client has it, according to the tags it names (RFC 9110, section 13.1.2).
fn matches_if_none_match(headers: &HeaderMap, tag: &str) -> bool {
    let mut tags = header_values(headers, &IF_NONE_MATCH).flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// The requested range, if it applies.
fn range(headers: &HeaderMap, tag: &str) -> Option<String> {
    // Resuming with other bytes would mix two files (RFC 9110, section 13.1.5).
    let is_resumable = headers.get(IF_RANGE).is_none_or(|of| of == tag);
    let (unit, range) = headers.get(RANGE).filter(|_| is_resumable)?.to_str().ok()?.trim().split_once('=')?;
    // Several ranges, unknown units and malformed ranges may be ignored.
    let (first, last) = range.split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
    Some(format!("bytes={}-{}", position(first)?, position(last)?))
}

/// A position in a file as the library takes it: without zeros before it, and within 64 bits. It may be left out.
fn position(digits: &str) -> Option<String> {
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = || digits.parse().unwrap_or(u64::MAX).to_string();
    are_digits.then(|| if digits.is_empty() { String::new() } else { number() })
}

/// The request for the file, with no header but the range.
fn file_request(method: &Method, range: Option<&str>) -> Request<()> {
    let mut request = Request::new(());
    method.clone_into(request.method_mut());
    if let Some(range) = range.and_then(|range| range.parse().ok()) {
        request.headers_mut().insert(RANGE, range);
    }
    request
}

fn header_values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}
