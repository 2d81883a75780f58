//! `GET /download`: the installers of the stable channel, those for the visitor's system first.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::html;
use super::installers::installers;
use super::words::Words;
use crate::app::App;
use crate::http::ApiError;

/// Get the application
///
/// A page for people, in their language: the installers with their sizes and hashes.
#[utoipa::path(get, path = "/download", tag = "pages",
    params(("Accept-Language" = Option<String>, Header, description = "The languages to be addressed in")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub(crate) async fn download(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let words = Words::accepted(&headers);
    let installers = html::installers(words, &installers(&app, &headers).await?);
    let body = format!("<h1>{}</h1>{installers}", words.download_title);
    Ok(html::page(words, words.download_title, &body))
}
