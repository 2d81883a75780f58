//! `GET /readyz`: whether requests should come here.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;

use super::health::WELL;
use crate::app::App;
use crate::http::ApiError;

/// How long the database may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// Whether requests should come here
///
/// Not while the database does not answer or the server shuts down.
#[utoipa::path(get, path = "/readyz", tag = "operating",
    responses((status = 200, description = "They should", body = String, content_type = "text/plain")))]
pub(crate) async fn readiness(State(app): State<Arc<App>>) -> Result<&'static str, ApiError> {
    if app.hub.is_draining() {
        return Err(ApiError::draining());
    }
    // A load balancer asks every few seconds, and wants to hear now.
    tokio::time::timeout(ANSWER_WITHIN, app.store.ping()).await.map_err(ApiError::unavailable)??;
    Ok(WELL)
}
