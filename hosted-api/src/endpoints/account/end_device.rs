//! `DELETE /v1/me/devices/{device_id}`: the caller ends one of their sign-ins.

use std::sync::Arc;

use axum::extract::State;
use uuid::Uuid;

use crate::app::App;
use crate::commands::{Answered, CommandContext, EndDevice, run};
use crate::http::{ApiError, CommandRequest, Ids, Nothing, Optional};

/// End one of one's sign-ins
///
/// Its tokens end and its streams close at once. The device that asks may be it.
#[utoipa::path(delete, path = "/v1/me/devices/{device_id}", tag = "account",
    params(("device_id" = Uuid, Path, description = "The device")),
    responses((status = 204, description = "Signed out")))]
pub(crate) async fn end_my_device(
    State(app): State<Arc<App>>,
    Ids(device): Ids<Uuid>,
    request: CommandRequest<Optional<Nothing>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, .. } = request;
    let command = EndDevice { user: caller.account.id, device: device.into() };
    run(&app, CommandContext { caller, key }, command).await
}
