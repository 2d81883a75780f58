//! `PATCH /v1/me`: the caller changes their name or language.

use std::sync::Arc;

use axum::extract::State;
use training::FieldCode;
use training::wire::{Account, ChangeMe};

use crate::accounts;
use crate::app::App;
use crate::commands::{Answered, CommandContext, EditMe, run};
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
    Required(mut change): Required<ChangeMe>,
) -> Result<Answered, ApiError> {
    let name = change.name.as_deref().map(accounts::name).transpose().map_err(|code| {
        let code = if code == FieldCode::TooShort { FieldCode::Required } else { code };
        ApiError::invalid_field("/name", code)
    })?;
    change.name = name;
    run(&app, CommandContext { caller, key: None }, EditMe::from(change)).await
}
