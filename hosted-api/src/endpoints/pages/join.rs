//! `GET /join`: where the link of an invitation leads.
//!
//! The code is in the fragment, which the browser does not send: the page is the same for every code.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::html::{self, SCRIPT, escaped};
use super::installers::installers;
use super::words::Words;
use crate::app::App;
use crate::http::ApiError;

/// Open an invitation
///
/// A page for people, in their language: it opens the application with the code in the address's fragment, and offers the
/// installers.
#[utoipa::path(get, path = "/join", tag = "pages",
    params(("Accept-Language" = Option<String>, Header, description = "The languages to be addressed in")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub(crate) async fn join(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let words = Words::accepted(&headers);
    let server = app.public_url()?;
    let installers = html::installers(words, &installers(&app, &headers).await?);
    let body = format!(
        "<h1>{title}</h1>\
         <section id=\"with-code\" hidden><p>{what}</p>\
         <p><a class=\"open\" id=\"open\" data-server=\"{server}\">{open}</a></p>\
         <p>{code_label} <code id=\"code\"></code></p></section>\
         <p id=\"without-code\" hidden>{no_code}</p>\
         <noscript><p>{no_script}</p></noscript>\
         <p>{not_installed}</p>{installers}<script>{SCRIPT}</script>",
        title = words.join_title,
        what = words.join_what,
        server = escaped(server.as_str()),
        open = words.open,
        code_label = words.code_label,
        no_code = words.no_code,
        no_script = words.no_script,
        not_installed = words.not_installed,
    );
    Ok(html::page(words, words.join_title, &body))
}
