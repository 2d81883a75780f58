//! `POST /v1/users`: an admin adds a person, who gets a link to set their own password.

use std::sync::Arc;

use axum::extract::State;
use training::people::{CreateUser, InvitedUser};

use crate::app::App;
use crate::commands::{AddUser, Answered, CommandContext, run};
use crate::http::{ApiError, CommandRequest, Required};

/// Add a person
///
/// The answer has the code of their invitation, which is stored nowhere. Sent again under its key, it has another code,
/// and the one before is void.
#[utoipa::path(post, path = "/v1/users", tag = "people",
    request_body = CreateUser,
    responses((status = 201, description = "The person and their invitation", body = InvitedUser)))]
pub(crate) async fn create_user(
    State(app): State<Arc<App>>,
    request: CommandRequest<Required<CreateUser>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(body) } = request;
    let command = AddUser { body, url: app.public_url()? };
    run(&app, CommandContext { caller, key }, command).await
}
