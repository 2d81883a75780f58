//! `GET /v1/me/devices`: where the caller is signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::people::Device;

use crate::app::App;
use crate::http::{ApiError, Caller};

/// The devices a person is signed in on.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Devices {
    /// The one last seen first.
    pub(crate) devices: Vec<Device>,
    /// Always null: there are few, so all are here.
    pub(crate) next: Option<String>,
}

/// List one's sign-ins
#[utoipa::path(get, path = "/v1/me/devices", tag = "account",
    responses((status = 200, description = "The devices one is signed in on", body = Devices)))]
pub(crate) async fn list_my_devices(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Devices>, ApiError> {
    let devices = app.store.devices_of(caller.account.id, caller.device).await?;
    Ok(Json(Devices { devices, next: None }))
}
