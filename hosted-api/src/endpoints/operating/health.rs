//! `GET /healthz`: whether the process lives.

/// What both checks answer when all is well. A body, because some load balancers take an empty answer for none.
pub(super) const WELL: &str = "ok\n";

/// Whether the process lives
#[utoipa::path(get, path = "/healthz", tag = "operating",
    responses((status = 200, description = "It does", body = String, content_type = "text/plain")))]
pub(crate) async fn health() -> &'static str {
    WELL
}
