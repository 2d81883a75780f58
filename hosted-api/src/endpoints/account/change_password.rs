//! `POST /v1/me/password`: the caller changes their password, which ends every other device's sign-in.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use training::wire::{Account, ChangePassword};
use training::{FieldCode, ProblemCode};

use crate::accounts::{Guesser, Lane, check_new_password};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::http::{ApiError, Caller, Required};

/// Change one's password
///
/// The new password is none of the most common ones, and contains neither name nor address. This device stays signed
/// in; every other one is signed out at once. It is idempotent. A device has ten tries,
/// and one more every thirty seconds.
#[utoipa::path(post, path = "/v1/me/password", tag = "account",
    request_body = ChangePassword,
    responses((status = 204, description = "Changed")))]
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    caller: Caller,
    Required(change): Required<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    let Account { id: user, name, email, .. } = &caller.account;
    let user = *user;
    check_new_password(&change.new_password, name, email)
        .map_err(|code| ApiError::invalid_field("/new_password", code))?;
    // Whoever guesses at the sign-in uses up nothing of this.
    let guesser = Guesser::SignedIn(caller.device);
    app.guesses
        .take(guesser, Instant::now())
        .map_err(|wait| ApiError::new(ProblemCode::TooManyAttempts).retry_after(wait))?;
    let wrong = || ApiError::invalid_field("/current_password", FieldCode::WrongPassword);
    let stored = app.store.password_hash(user).await?;
    let is_stored = async |password: String| app.passwords.verify(password, Some(&stored), Lane::SignedIn).await;
    if !is_stored(change.current_password).await? {
        // Resent because the first answer was lost: it is changed already.
        if !is_stored(change.new_password).await? {
            return Err(wrong());
        }
        app.guesses.forgive(guesser, Instant::now());
        return Ok(StatusCode::NO_CONTENT);
    }
    app.guesses.forgive(guesser, Instant::now());
    let new = app.passwords.hash(change.new_password, Lane::SignedIn).await?;
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
