//! `GET /healthz`: whether the process is alive.

/// The response of both checks when all is well. Not empty, because some load balancers treat an empty body as none.
pub(super) const HEALTHY: &str = "ok\n";

/// Check whether the process is alive
#[utoipa::path(get, path = "/healthz", tag = "operating",
    responses((status = 200, description = "It is", body = String, content_type = "text/plain")))]
pub(crate) async fn health() -> &'static str {
    HEALTHY
}
