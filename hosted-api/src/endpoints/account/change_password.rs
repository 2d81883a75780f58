//! `POST /v1/me/password`: the caller changes their password, which ends every other device's sign-in.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use training::wire::ChangePassword;
use training::{FieldCode, ProblemCode};

use crate::accounts::{MIN_PASSWORD_CHARS, is_valid_password};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::http::{ApiError, Caller, Required};

/// Change one's password
///
/// This device stays signed in; every other one is signed out at once. It is idempotent, and
/// throttled like signing in.
#[utoipa::path(post, path = "/v1/me/password", tag = "account",
    request_body = ChangePassword,
    responses((status = 204, description = "Changed")))]
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    caller: Caller,
    Required(change): Required<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    if !is_valid_password(&change.new_password) {
        let short = change.new_password.chars().count() < MIN_PASSWORD_CHARS;
        let code = if short { FieldCode::TooShort } else { FieldCode::TooLong };
        return Err(ApiError::invalid_field("/new_password", code));
    }
    let user = caller.account.id;
    app.throttle
        .take(&caller.account.email, Instant::now())
        .map_err(|wait| ApiError::new(ProblemCode::TooManyAttempts).retry_after(wait))?;
    let wrong = || ApiError::invalid_field("/current_password", FieldCode::WrongPassword);
    let stored = app.store.password_hash(user).await?;
    let is_stored =
        async |password: String| app.passwords.verify(password, Some(&stored)).await.map_err(ApiError::internal);
    if !is_stored(change.current_password).await? {
        // Resent because the first answer was lost: it is changed already.
        if !is_stored(change.new_password).await? {
            return Err(wrong());
        }
        app.throttle.reset(&caller.account.email);
        return Ok(StatusCode::NO_CONTENT);
    }
    app.throttle.reset(&caller.account.email);
    let new = app.passwords.hash(change.new_password).await.map_err(ApiError::internal)?;
    let mut tx = app.store.write().await?;
    // Another device may have changed it since it was checked.
    if !tx.change_password(user, &stored, &new).await? {
        return Err(wrong());
    }
    tx.revoke_devices(user, Some(caller.device), clock::now()).await?;
    run_to_completion(async move {
        tx.commit().await?;
        app.hub.sign_out_all(user, Some(caller.device));
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
