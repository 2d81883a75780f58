//! `POST /v1/auth/logout`: signing out on this device, or everywhere.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use training::wire::SignOut;

use crate::app::{App, run_to_completion};
use crate::clock;
use crate::http::{ApiError, Caller, Optional};

/// Sign out
///
/// On this device, or with `everywhere` on all of one's devices. Tokens end and streams close at once.
#[utoipa::path(post, path = "/v1/auth/logout", tag = "sign-in",
    request_body = Option<SignOut>,
    responses((status = 204, description = "Signed out")))]
pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    caller: Caller,
    Optional(SignOut { everywhere }): Optional<SignOut>,
) -> Result<StatusCode, ApiError> {
    let user = caller.account.id;
    let mut tx = app.store.write().await?;
    if everywhere {
        tx.revoke_devices(user, None, clock::now()).await?;
    } else {
        tx.revoke_device(caller.device, clock::now()).await?;
    }
    run_to_completion(async move {
        tx.commit().await?;
        if everywhere {
            app.hub.sign_out_all(user, None);
        } else {
            app.hub.sign_out(user, caller.device);
        }
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
