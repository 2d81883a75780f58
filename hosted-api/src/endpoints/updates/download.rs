//! `GET /v1/artefacts/{sha256}/{file_name}`: the bytes of an artefact.
//!
//! They never change under their URL, so a cache or a resumed download needs only tags; dates are ignored.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tower_http::services::ServeFile;
use training::ProblemCode;

use crate::app::App;
use crate::http::{ApiError, Ids};

/// Anyone may cache it for a year, the longest time in common use.
const CACHE_FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Which artefact.
#[derive(Deserialize)]
pub(crate) struct ArtefactPath {
    sha256: String,
    file_name: String,
}

/// Download an artefact
///
/// As a whole or, with `Range`, from where a download was interrupted. The tag for `If-Range` and `If-None-Match` is the
/// hash.
#[utoipa::path(get, path = "/v1/artefacts/{sha256}/{file_name}", tag = "updates",
    params(("sha256" = String, Path, description = "The hash of its bytes, in hexadecimal"),
           ("file_name" = String, Path, description = "Its name"),
           ("Range" = Option<String>, Header, description = "A single range of bytes"),
           ("If-Range" = Option<String>, Header, description = "The tag of the partial download"),
           ("If-None-Match" = Option<String>, Header, description = "Tags of cached copies")),
    responses((status = 200, description = "All of it", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 206, description = "The range", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 304, description = "The cached copy is valid"),
              (status = 416, description = "It has no such range; without a body")))]
pub(crate) async fn download_artefact(
    State(app): State<Arc<App>>,
    Ids(artefact): Ids<ArtefactPath>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::new(ProblemCode::NotFound);
    let artefacts = app.updates.artefacts.as_ref().ok_or_else(unknown)?;
    // A published artefact has a hash and a plain name. Nothing else becomes part of a path or of a query: Postgres
    // refuses a zero byte.
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
    if !is_plain(&artefact.sha256) || !is_plain(&artefact.file_name) {
        return Err(unknown());
    }
    if !app.store.artefact_exists(&artefact.sha256, &artefact.file_name).await? {
        return Err(unknown());
    }
    let tag = format!("\"{}\"", artefact.sha256);
    let caching = [(ETAG, HeaderValue::from_str(&tag).map_err(ApiError::internal)?), (CACHE_CONTROL, CACHE_FOREVER)];
    if matches_if_none_match(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let mut file = ServeFile::new(artefacts.path(&artefact.sha256));
    // Ranges are for GET alone (RFC 9110, section 14.2).
    let range = range(&headers, &tag).filter(|_| method == Method::GET);
    let mut file_response = file.try_call(file_request(&method, range.as_deref())).await.map_err(ApiError::internal)?;
    // A suffix range longer than the file means the whole file (RFC 9110, section 14.1.2).
    let is_suffix_range = range.is_some_and(|range| range.starts_with("bytes=-") && range != "bytes=-0");
    if file_response.status() == StatusCode::RANGE_NOT_SATISFIABLE && is_suffix_range {
        file_response = file.try_call(file_request(&method, None)).await.map_err(ApiError::internal)?;
    }
    if file_response.status() == StatusCode::NOT_FOUND {
        // It was published, so this node does not share the directory of the node it was published on.
        let missing = io::Error::new(ErrorKind::NotFound, format!("the artefact {} has no file here", artefact.sha256));
        return Err(ApiError::internal(missing));
    }
    let mut response = file_response.map(Body::new);
    response.headers_mut().remove(LAST_MODIFIED);
    // An unsatisfiable range must not be cached.
    if response.status().is_success() {
        response.headers_mut().extend(caching);
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
