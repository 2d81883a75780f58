//! `GET /readyz`: whether this server should get requests.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use tokio::time::timeout;

use super::health::HEALTHY;
use crate::app::App;
use crate::data_directory;
use crate::http::ApiError;

/// How long the database may take to answer.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// What is wrong with a data directory of the server's own, without its path: anybody may ask.
const NOT_SHARED: &str = "The data directory is not the one that the servers on this database share. The server's log, and \
                          `ringside-api admin doctor`, say what to do.";

/// Check whether this server should get requests
///
/// It should not while the database does not answer or can't be written, while its data directory is not the one that all
/// servers on the database share, or when the server shuts down.
#[utoipa::path(get, path = "/readyz", tag = "operating",
    responses((status = 200, description = "It should", body = String, content_type = "text/plain")))]
pub(crate) async fn readiness(State(app): State<Arc<App>>) -> Result<&'static str, ApiError> {
    if app.hub.is_draining() {
        return Err(ApiError::draining());
    }
    // A load balancer asks every few seconds, and needs the answer soon.
    timeout(PING_TIMEOUT, app.store.ping()).await.map_err(ApiError::unavailable)??;
    if let Some(directory) = &app.data_dir {
        let checked = timeout(PING_TIMEOUT, data_directory::check(&app.store, directory)).await;
        checked.map_err(ApiError::unavailable)?.map_err(|error| ApiError::unavailable(error).detail(NOT_SHARED))?;
    }
    match timeout(PING_TIMEOUT, app.store.is_writable()).await {
        Ok(Ok(true)) => Ok(HEALTHY),
        Ok(Ok(false)) => Err(ApiError::unavailable(NotWritable)),
        Ok(Err(error)) => Err(ApiError::unavailable(error)),
        // The writer is busy, so it writes. A load balancer that took the server for broken would make it no faster.
        Err(_elapsed) => Ok(HEALTHY),
    }
}

/// The database can't be written; why was logged when that was found.
#[derive(Debug, thiserror::Error)]
#[error("the database can't be written")]
struct NotWritable;
