//! `GET /healthz`: whether the process lives.

use axum::http::StatusCode;

/// Whether the process lives
#[utoipa::path(get, path = "/healthz", tag = "operating", responses((status = 204, description = "It does")))]
pub(crate) async fn health() -> StatusCode {
    StatusCode::NO_CONTENT
}
