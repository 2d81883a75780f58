//! `POST /v1/auth/login`: signing in on a device.
//!
//! A wrong password, an unknown address and an inactive account get one and the same answer after the same work.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use training::wire::{Account, SignIn, SignedIn};
use training::{FieldCode, ProblemCode};

use crate::accounts::{self, NewTokens, is_valid_email, normalised_email};
use crate::app::App;
use crate::clock;
use crate::http::{ApiError, Required};

/// Sign in
///
/// Ten attempts per address, and one more every thirty seconds.
#[utoipa::path(post, path = "/v1/auth/login", tag = "sign-in",
    request_body = SignIn,
    responses((status = 200, description = "Tokens for this device", body = SignedIn)))]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    Required(body): Required<SignIn>,
) -> Result<Json<SignedIn>, ApiError> {
    let device = accounts::name(&body.device_name).map_err(|code| {
        let code = if code == FieldCode::TooShort { FieldCode::Required } else { code };
        ApiError::invalid_field("/device_name", code)
    })?;
    let email = normalised_email(&body.email);
    // Before anything is looked up, so that many concurrent attempts can't slip through.
    app.throttle
        .take(&email, Instant::now())
        .map_err(|wait| ApiError::new(ProblemCode::TooManyAttempts).retry_after(wait))?;
    // An invalid address is not looked up, but takes as long.
    let found = if is_valid_email(&email) { app.store.find_sign_in(&email).await? } else { None };
    let found = found.filter(crate::store::SignInRow::is_active);
    let stored = found.as_ref().map(|row| row.password_hash.as_str());
    let matches = app.passwords.verify(body.password, stored).await.map_err(ApiError::internal)?;
    let Some(row) = found.filter(|_| matches) else {
        return Err(ApiError::new(ProblemCode::WrongCredentials));
    };
    app.throttle.reset(&email);
    let password_hash = row.password_hash.clone();
    let (account, tokens, now) = (row.account()?, NewTokens::random(), clock::now());
    let mut tx = app.store.write().await?;
    // While the password was being checked it may have been changed, which ends other sign-ins: this one as well.
    if !tx.lock_sign_in(account.id, &password_hash).await? {
        return Err(ApiError::new(ProblemCode::WrongCredentials));
    }
    tx.add_device(account.id, &device, now, &tokens.stored(now, app.timing.access_lifetime)).await?;
    tx.commit().await?;
    Ok(Json(signed_in(&app, tokens, account)))
}

/// The response with the tokens.
pub(super) fn signed_in(app: &App, tokens: NewTokens, user: Account) -> SignedIn {
    SignedIn {
        access_token: tokens.access,
        access_expires_in_s: u32::try_from(app.timing.access_lifetime.as_secs()).unwrap_or(u32::MAX),
        refresh_token: tokens.refresh,
        user,
    }
}
