//! `GET /readyz`: whether requests should come here.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::http::ApiError;

/// Whether requests should come here
///
/// Not while the database does not answer or the server shuts down.
#[utoipa::path(get, path = "/readyz", tag = "operating", responses((status = 204, description = "They should")))]
pub(crate) async fn readiness(State(app): State<Arc<App>>) -> Result<StatusCode, ApiError> {
    if app.hub.is_draining() {
        return Err(ApiError::draining());
    }
    app.store.ping().await?;
    Ok(StatusCode::NO_CONTENT)
}
