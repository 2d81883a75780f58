//! `GET /v1/users/{id}`: a person of the studio.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::ETAG;
use axum::response::{AppendHeaders, IntoResponse};
use training::people::User;
use training::wire::Role;
use training::{ProblemCode, UserId};

use crate::app::App;
use crate::http::{ApiError, Caller, Ids, etag};

/// Read a person
#[utoipa::path(get, path = "/v1/users/{id}", tag = "people",
    params(("id" = UserId, Path, description = "The person")),
    responses((status = 200, description = "The person", body = User)))]
pub(crate) async fn read_user(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<UserId>,
) -> Result<impl IntoResponse, ApiError> {
    caller.must_be(Role::Admin)?;
    let row = app.store.user(caller.account.studio.id, id).await?;
    let user: User = row.ok_or(ApiError::new(ProblemCode::NotFound))?.user;
    let tag: HeaderValue = etag(user.version);
    Ok((AppendHeaders([(ETAG, tag)]), Json(user)))
}
