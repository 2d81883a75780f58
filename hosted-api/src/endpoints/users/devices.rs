//! `GET /v1/users/{id}/devices`: where a person is signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::wire::Role;
use training::{ProblemCode, UserId};

use crate::app::App;
use crate::endpoints::account::devices::Devices;
use crate::http::{ApiError, Caller, Ids};

/// List a person's sign-ins
#[utoipa::path(get, path = "/v1/users/{id}/devices", tag = "people",
    params(("id" = UserId, Path, description = "The person")),
    responses((status = 200, description = "The devices they are signed in on", body = Devices)))]
pub(crate) async fn list_devices(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<UserId>,
) -> Result<Json<Devices>, ApiError> {
    caller.must_be(Role::Admin)?;
    if app.store.user(caller.account.studio.id, id).await?.is_none() {
        return Err(ApiError::new(ProblemCode::NotFound));
    }
    Ok(Json(Devices { devices: app.store.devices_of(id, caller.device).await?, next: None }))
}
