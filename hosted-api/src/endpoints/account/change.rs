//! `PATCH /v1/me`: the caller changes their name, language or unit of weights.

use std::sync::Arc;

use axum::extract::State;
use training::wire::{Account, ChangeMe};

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
    Required(change): Required<ChangeMe>,
) -> Result<Answered, ApiError> {
    run(&app, CommandContext { caller, key: None }, EditMe(change)).await
}
