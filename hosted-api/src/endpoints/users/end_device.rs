//! `DELETE /v1/users/{id}/devices/{device_id}`: an admin ends a person's sign-in on one device.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use training::UserId;
use training::wire::Role;
use uuid::Uuid;

use crate::app::App;
use crate::commands::{Answered, CommandContext, EndDevice, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// Which device of whom.
#[derive(Deserialize)]
pub(crate) struct Named {
    id: UserId,
    device_id: Uuid,
}

/// End a person's sign-in
///
/// Its tokens end and its streams close at once.
#[utoipa::path(delete, path = "/v1/users/{id}/devices/{device_id}", tag = "people",
    params(("id" = UserId, Path, description = "The person"),
           ("device_id" = Uuid, Path, description = "The device")),
    responses((status = 204, description = "Signed out")))]
pub(crate) async fn end_device(
    State(app): State<Arc<App>>,
    Ids(named): Ids<Named>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    // Also for their own: that has a route of its own.
    caller.must_be(Role::Admin)?;
    let command = EndDevice { user: named.id, device: named.device_id.into() };
    run(&app, CommandContext { caller, key }, command).await
}
