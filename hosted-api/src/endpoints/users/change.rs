//! `PATCH /v1/users/{id}`: an admin changes a person, assigns their trainer, deactivates or reactivates them.

use std::sync::Arc;

use axum::extract::State;
use training::UserId;
use training::people::{ChangeUser, User};

use crate::app::App;
use crate::commands::{Answered, CommandContext, EditUser, run};
use crate::http::{ApiError, CommandRequest, Ids, IfMatch, Required};

/// Change a person
///
/// What is absent stays. Whoever is deactivated is signed out at once. An open session is cancelled when one of its people
/// is deactivated or loses the role that their part in it needs.
#[utoipa::path(patch, path = "/v1/users/{id}", tag = "people",
    params(("id" = UserId, Path, description = "The person"),
           ("If-Match" = String, Header, description = "The version the change is based on: `\"<version>\"`")),
    request_body = ChangeUser,
    responses((status = 200, description = "The person as they are now", body = User)))]
pub(crate) async fn change_user(
    State(app): State<Arc<App>>,
    Ids(id): Ids<UserId>,
    version: IfMatch,
    request: CommandRequest<Required<ChangeUser>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(body) } = request;
    run(&app, CommandContext { caller, key }, EditUser(id, version, body)).await
}
