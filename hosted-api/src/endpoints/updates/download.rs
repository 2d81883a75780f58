//! `GET /v1/artefacts/{sha256}/{file_name}`: the bytes of an artefact.
//!
//! They never change under their URL.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use serde::Deserialize;
use training::ProblemCode;

use crate::app::App;
use crate::http::{ApiError, FileAnswer, Ids, answer_with_file};
use crate::openapi::FileBytes;

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
    responses((status = 200, description = "All of it", body = FileBytes, content_type = "application/octet-stream"),
              (status = 206, description = "The range", body = FileBytes, content_type = "application/octet-stream"),
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
    let answer = FileAnswer {
        path: &artefacts.path(&artefact.sha256),
        hash: &artefact.sha256,
        media_type: None,
        caching: CACHE_FOREVER,
    };
    answer_with_file(answer, &method, &headers).await
}
