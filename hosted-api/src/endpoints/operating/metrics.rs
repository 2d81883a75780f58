//! `GET /metrics`: what the server counts, for Prometheus.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::app::App;

/// What the server counts
///
/// In Prometheus's text format. Not for the internet: let the load balancer keep it inside.
#[utoipa::path(get, path = "/metrics", tag = "operating",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")))]
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
