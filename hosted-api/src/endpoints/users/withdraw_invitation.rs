//! `DELETE /v1/users/{id}/invitation`: an invitation is taken back.

use std::sync::Arc;

use axum::extract::State;
use training::UserId;

use crate::app::App;
use crate::commands::{Answered, CommandContext, WithdrawInvitation, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// Take an invitation back
///
/// Its code is void. Where there is none, nothing changes.
#[utoipa::path(delete, path = "/v1/users/{id}/invitation", tag = "people",
    params(("id" = UserId, Path, description = "The person")),
    responses((status = 204, description = "There is none any more")))]
pub(crate) async fn withdraw_invitation(
    State(app): State<Arc<App>>,
    Ids(user): Ids<UserId>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    run(&app, CommandContext { caller, key }, WithdrawInvitation(user)).await
}
