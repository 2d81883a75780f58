//! `GET /`: what somebody sees who types the server's address.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;

use crate::app::App;

/// Visit the server
///
/// Leads a person to `/download`, the page with the installers.
#[utoipa::path(get, path = "/", tag = "pages",
    responses((status = 303, description = "The page is elsewhere",
               headers(("Location" = String, description = "Where")))))]
pub(crate) async fn home(State(app): State<Arc<App>>) -> Redirect {
    // Under a path of its own, only the configured address has it. Otherwise the browser knows best how it came here.
    match &app.updates.public_url {
        Some(url) => Redirect::to(url.at(&["download"]).as_str()),
        None => Redirect::to("/download"),
    }
}
