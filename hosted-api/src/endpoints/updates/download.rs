//! `GET /v1/artefacts/{sha256}/{file_name}`: the bytes of an artefact.
//!
//! They never change under their address, so tags are all a cache or a download that goes on needs to know, and dates are
//! not looked at.

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

/// It may be kept by anybody for a year, the longest that means anything.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Which artefact.
#[derive(Deserialize)]
pub(crate) struct Named {
    sha256: String,
    file_name: String,
}

/// Download an artefact
///
/// As a whole or, with `Range`, from where a download was cut off. The tag is the hash; `If-Range` and `If-None-Match`
/// go by it.
#[utoipa::path(get, path = "/v1/artefacts/{sha256}/{file_name}", tag = "updates",
    params(("sha256" = String, Path, description = "The hash of its bytes, in hexadecimal"),
           ("file_name" = String, Path, description = "Its name"),
           ("Range" = Option<String>, Header, description = "A single range of bytes"),
           ("If-Range" = Option<String>, Header, description = "The tag of what the range is to go on with"),
           ("If-None-Match" = Option<String>, Header, description = "Tags of what is there already")),
    responses((status = 200, description = "All of it", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 206, description = "The range", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 304, description = "It is there already"),
              (status = 416, description = "It has no such range; without a body")))]
pub(crate) async fn download_artefact(
    State(app): State<Arc<App>>,
    Ids(named): Ids<Named>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::new(ProblemCode::NotFound);
    let artefacts = app.updates.artefacts.as_ref().ok_or_else(unknown)?;
    // What was published has a hash and a plain name. Nothing else becomes part of a path, or is looked for: a zero byte
    // is more than Postgres takes.
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
    if !is_plain(&named.sha256) || !is_plain(&named.file_name) {
        return Err(unknown());
    }
    if !app.store.knows_artefact(&named.sha256, &named.file_name).await? {
        return Err(unknown());
    }
    let tag = format!("\"{}\"", named.sha256);
    let caching = [(ETAG, HeaderValue::from_str(&tag).map_err(ApiError::internal)?), (CACHE_CONTROL, KEEP)];
    if is_there_already(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let mut file = ServeFile::new(artefacts.path(&named.sha256));
    // Ranges are for GET alone (RFC 9110, section 14.2).
    let range = range(&headers, &tag).filter(|_| method == Method::GET);
    let mut served = file.try_call(asked(&method, range.as_deref())).await.map_err(ApiError::internal)?;
    // The last so many bytes of fewer are all of them (RFC 9110, section 14.1.2).
    let is_of_the_end = range.is_some_and(|range| range.starts_with("bytes=-") && range != "bytes=-0");
    if served.status() == StatusCode::RANGE_NOT_SATISFIABLE && is_of_the_end {
        served = file.try_call(asked(&method, None)).await.map_err(ApiError::internal)?;
    }
    if served.status() == StatusCode::NOT_FOUND {
        // It was published: this node does not share the directory with the one it was published on.
        let missing = io::Error::new(ErrorKind::NotFound, format!("the artefact {} has no file here", named.sha256));
        return Err(ApiError::internal(missing));
    }
    let mut response = served.map(Body::new);
    response.headers_mut().remove(LAST_MODIFIED);
    // That there is no such range is nothing to keep.
    if response.status().is_success() {
        response.headers_mut().extend(caching);
    }
    Ok(response)
}

/// Whether the other end has it, by any of the tags it names (RFC 9110, section 13.1.2).
fn is_there_already(headers: &HeaderMap, tag: &str) -> bool {
    let mut tags = texts(headers, &IF_NONE_MATCH).flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// The range that is asked for, if it counts.
fn range(headers: &HeaderMap, tag: &str) -> Option<String> {
    // What goes on with something else would put two files together (RFC 9110, section 13.1.5).
    let goes_on = headers.get(IF_RANGE).is_none_or(|of| of == tag);
    let (unit, range) = headers.get(RANGE).filter(|_| goes_on)?.to_str().ok()?.trim().split_once('=')?;
    // Several ranges, units we don't know and what is no range may be ignored.
    let (first, last) = range.split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
    Some(format!("bytes={}-{}", position(first)?, position(last)?))
}

/// A position in a file as the library takes it: without zeros before it, and within 64 bits. It may be left out.
fn position(digits: &str) -> Option<String> {
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = || digits.parse().unwrap_or(u64::MAX).to_string();
    are_digits.then(|| if digits.is_empty() { String::new() } else { number() })
}

/// What the file is asked for: nothing that it could go by but a range.
fn asked(method: &Method, range: Option<&str>) -> Request<()> {
    let mut request = Request::new(());
    method.clone_into(request.method_mut());
    if let Some(range) = range.and_then(|range| range.parse().ok()) {
        request.headers_mut().insert(RANGE, range);
    }
    request
}

fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}
