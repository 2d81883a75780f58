//! `GET /v1/me`: the caller's own account.

use axum::Json;
use training::wire::Account;

use crate::http::Caller;

/// Read one's account
#[utoipa::path(get, path = "/v1/me", tag = "account",
    responses((status = 200, description = "The account", body = Account)))]
pub(crate) async fn me(caller: Caller) -> Json<Account> {
    Json(caller.account)
}
