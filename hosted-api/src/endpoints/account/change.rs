//! `PATCH /v1/me`: the caller changes their name or language.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::FieldCode;
use training::wire::{Account, ChangeMe};

use crate::accounts;
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
    let name = change.name.as_deref().map(accounts::name).transpose().map_err(|code| {
        let code = if code == FieldCode::TooShort { FieldCode::Required } else { code };
        ApiError::invalid_field("/name", code)
    })?;
    let mut tx = app.store.write().await?;
    let account = tx.change_user(caller.account.id, name.as_deref(), change.locale).await?;
    tx.commit().await?;
    Ok(Json(account))
}
