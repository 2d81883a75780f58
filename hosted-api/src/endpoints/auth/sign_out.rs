//! `POST /v1/auth/logout`: signing out on this device, or everywhere.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use training::wire::SignOut;

use crate::app::App;
use crate::clock;
use crate::commands::{EventsByPerson, commit_and_wake};
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
    let mut by_person = EventsByPerson::default();
    if everywhere {
        tx.revoke_devices(user, None, clock::now()).await?;
        by_person.sign_out(user);
    } else {
        tx.revoke_device(caller.device, clock::now()).await?;
        by_person.sign_out_device(user, caller.device);
    }
    commit_and_wake(&app, tx, by_person).await?;
    Ok(StatusCode::NO_CONTENT)
}
