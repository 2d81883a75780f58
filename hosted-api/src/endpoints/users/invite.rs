//! `POST /v1/users/{id}/invitation`: a new invitation, or for somebody who has a password, a link to set another.

use std::sync::Arc;

use axum::extract::State;
use training::UserId;
use training::people::Invitation;

use crate::app::App;
use crate::commands::{Answered, CommandContext, InviteUser, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// Invite a person anew, or reset their password
///
/// Voids the invitation before. For somebody who has a password it is a reset: they are signed out at once, on every
/// device. The code is stored nowhere; sent again under its key, the answer has another code, and the one before is void.
#[utoipa::path(post, path = "/v1/users/{id}/invitation", tag = "people",
    params(("id" = UserId, Path, description = "The person")),
    responses((status = 201, description = "The invitation", body = Invitation)))]
pub(crate) async fn invite_user(
    State(app): State<Arc<App>>,
    Ids(user): Ids<UserId>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    let command = InviteUser { user, url: app.public_url()? };
    run(&app, CommandContext { caller, key }, command).await
}
