//! `PATCH /v1/me`: the caller changes their name or language.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::FieldCode;
use training::wire::{Account, ChangeMe};

use crate::accounts::is_valid_name;
use crate::app::App;
use crate::http::{ApiError, Caller, Required};

/// Change one's account
///
/// Absent fields are left unchanged.
#[utoipa::path(patch, path = "/v1/me", tag = "account",
    request_body = ChangeMe,
    responses((status = 200, description = "The account as it is now", body = Account)))]
pub(crate) async fn change_me(
    State(app): State<Arc<App>>,
    caller: Caller,
    Required(change): Required<ChangeMe>,
) -> Result<Json<Account>, ApiError> {
    let name = change.name.as_deref().map(str::trim);
    match name {
        Some("") => return Err(ApiError::invalid_field("/name", FieldCode::Required)),
        Some(name) if !is_valid_name(name) => return Err(ApiError::invalid_field("/name", FieldCode::Invalid)),
        _ => {}
    }
    let mut tx = app.store.write().await?;
    let account = tx.change_user(caller.account.id, name, change.locale).await?;
    tx.commit().await?;
    Ok(Json(account))
}
