//! `GET /readyz`: whether this server should get requests.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;

use super::health::HEALTHY;
use crate::app::App;
use crate::http::ApiError;

/// How long the database may take to answer.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// Check whether this server should get requests
///
/// It should not while the database does not answer or the server shuts down.
#[utoipa::path(get, path = "/readyz", tag = "operating",
    responses((status = 200, description = "It should", body = String, content_type = "text/plain")))]
pub(crate) async fn readiness(State(app): State<Arc<App>>) -> Result<&'static str, ApiError> {
    if app.hub.is_draining() {
        return Err(ApiError::draining());
    }
    // A load balancer asks every few seconds and needs the answer soon.
    tokio::time::timeout(PING_TIMEOUT, app.store.ping()).await.map_err(ApiError::unavailable)??;
    Ok(HEALTHY)
}
