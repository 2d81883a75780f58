//! `POST /v1/auth/login`: signing in on a device.
//!
//! A wrong password, an unknown address and an inactive account get one and the same answer at the same time after they
//! came. How many attempts there are: see `accounts::PasswordAttempts`. Who waits for whom: see `accounts::Passwords`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tokio::time::{Instant, sleep_until};
use training::ProblemCode;
use training::people::{address, display_name};
use training::wire::{Account, SignIn, SignedIn};

use crate::accounts::{AttemptOrigin, Lane, NewTokens, hash, new_device_token};
use crate::app::App;
use crate::clock;
use crate::http::{AnonymousBody, ApiError, Network};
use crate::shared_rate_limiter::LimitError;
use crate::store::{SignInRow, StoreError};

/// Sign in
///
/// A device that says the `device_token` it got at this person's last sign-in has ten attempts, and one more every thirty
/// seconds. Others share as many for each address and network, and a hundred for each address. 429 says that they are
/// used up, or that the password is wrong and too many were wrong from this network. 503 says that too many wait to be
/// signed in. The body has at most 16 KiB and takes at most ten seconds.
#[utoipa::path(post, path = "/v1/auth/login", tag = "sign-in",
    request_body = SignIn,
    responses((status = 200, description = "Tokens for this device", body = SignedIn)))]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    network: Network,
    AnonymousBody(body): AnonymousBody<SignIn>,
) -> Result<Json<SignedIn>, ApiError> {
    let came = Instant::now();
    let device = display_name(&body.device_name).map_err(|code| ApiError::invalid_field("/device_name", code))?;
    let typed = body.email.trim();
    // What can't be an address is not looked up, and counted as it was typed.
    let email = address(typed).ok();
    let token = body.device_token.as_deref().map(hash);
    let unknown = AttemptOrigin::UnknownDevice { address: email.as_deref().unwrap_or(typed), network };
    let take = |origin| app.password_attempts.take(&app.store, origin, came.into_std());
    // A device without a token can't be known: its attempt is counted before anything is looked up.
    if token.is_none() {
        take(unknown).await?;
    }
    let found = find(&app, email.as_deref()).await?;
    let known = match (&token, &found) {
        (Some(token), Some(row)) => app.store.known_device_of(token).await?.is_some_and(|user| row.is_of(user)),
        _ => false,
    };
    let origin = token.as_deref().filter(|_| known).map_or(unknown, AttemptOrigin::KnownDevice);
    if token.is_some() {
        take(origin).await?;
    }
    let is_suspect = app.password_attempts.is_suspect(network, came.into_std());
    let lane = if known { Lane::KnownDevice } else { Lane::Anyone { is_suspect } };
    let stored = found.as_ref().map(|row| row.password_hash.as_str());
    let matches = app.passwords.verify(body.password, stored, lane).await?;
    let Some(row) = found.filter(|_| matches) else {
        sleep_until(came + app.timing.failed_sign_in_after).await;
        return Err(failed(&app, network));
    };
    app.password_attempts.reset(&app.store, origin, came.into_std()).await?;
    let password_hash = row.password_hash.clone();
    let (account, tokens, now) = (row.account()?, NewTokens::random(), clock::now());
    // Each adds a device that stays for weeks.
    app.sign_ins.take(&app.store, &account.id.to_string(), came.into_std()).await?;
    // A device keeps its token. It opens nothing, so there is no use in changing it, and an answer can be lost.
    let device_token = body.device_token.filter(|_| known).unwrap_or_else(new_device_token);
    let mut tx = app.store.write().await?;
    // While the password was being checked it may have been changed, which ends other sign-ins: this one as well.
    if !tx.lock_sign_in(account.id, &password_hash).await? {
        return Err(ApiError::new(ProblemCode::WrongCredentials));
    }
    tx.add_device(account.id, &device, now, &tokens.stored(now, app.timing.lifetimes)).await?;
    tx.remember_device(account.id, &hash(&device_token), now).await?;
    tx.commit().await?;
    let answer = signed_in(&app, tokens, account);
    Ok(Json(SignedIn { device_token: Some(device_token), ..answer }))
}

/// The account with this address, if somebody may sign in to it.
async fn find(app: &App, email: Option<&str>) -> Result<Option<SignInRow>, StoreError> {
    let Some(email) = email else { return Ok(None) };
    Ok(app.store.find_sign_in(email).await?.filter(SignInRow::may_sign_in))
}

/// The answer to a wrong password. Only to a wrong one: a studio is one network, and its people may have nothing to do
/// with whoever guesses there.
fn failed(app: &App, network: Network) -> ApiError {
    match app.password_attempts.record_failure(network, std::time::Instant::now()) {
        Ok(()) => ApiError::new(ProblemCode::WrongCredentials),
        Err(wait) => LimitError::Exhausted(wait).into(),
    }
}

/// The response with the tokens.
pub(in crate::endpoints) fn signed_in(app: &App, tokens: NewTokens, user: Account) -> SignedIn {
    SignedIn {
        access_token: tokens.access,
        access_expires_in_s: u32::try_from(app.timing.lifetimes.access.as_secs()).unwrap_or(u32::MAX),
        refresh_token: tokens.refresh,
        user,
        device_token: None,
    }
}
