//! `POST /v1/auth/login`: signing in on a device.
//!
//! A wrong password, an unknown address and an inactive account get one and the same answer at the same time after they
//! came. How many tries there are: see `accounts::Guesses`. Who waits for whom: see `accounts::Passwords`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use tokio::time::{Instant, sleep_until};
use training::wire::{Account, SignIn, SignedIn};
use training::{FieldCode, ProblemCode};

use crate::accounts::{self, Guesser, Lane, NewTokens, hash, is_valid_email, new_device_token, normalised_email};
use crate::app::App;
use crate::clock;
use crate::http::{ApiError, FromAnyone, Network};
use crate::store::{SignInRow, StoreError};

/// Sign in
///
/// A device that says the `device_token` it got at this person's last sign-in has ten tries, and one more every thirty
/// seconds. Others share as many for each address and network, and a hundred for each address. 429 says that they are
/// used up, or that the password is wrong and too many were wrong from this network. 503 says that too many wait to be
/// signed in. The body has at most 16 KiB and takes at most ten seconds.
#[utoipa::path(post, path = "/v1/auth/login", tag = "sign-in",
    request_body = SignIn,
    responses((status = 200, description = "Tokens for this device", body = SignedIn)))]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    network: Network,
    FromAnyone(body): FromAnyone<SignIn>,
) -> Result<Json<SignedIn>, ApiError> {
    let came = Instant::now();
    let device = accounts::name(&body.device_name).map_err(|code| {
        let code = if code == FieldCode::TooShort { FieldCode::Required } else { code };
        ApiError::invalid_field("/device_name", code)
    })?;
    let email = normalised_email(&body.email);
    let said = body.device_token.as_deref().map(hash);
    let unknown = Guesser::Unknown { address: &email, network };
    let take = |guesser| app.guesses.take(guesser, came.into_std()).map_err(too_many_attempts);
    // A device that says nothing can't be known: its try is taken before anything is looked up.
    if said.is_none() {
        take(unknown)?;
    }
    let found = find(&app, &email).await?;
    let known = match (&said, &found) {
        (Some(token), Some(row)) => app.store.known_device_of(token).await?.is_some_and(|user| row.is_of(user)),
        _ => false,
    };
    let guesser = said.as_deref().filter(|_| known).map_or(unknown, Guesser::Known);
    if said.is_some() {
        take(guesser)?;
    }
    let is_suspect = app.guesses.is_suspect(network, came.into_std());
    let lane = if known { Lane::KnownDevice } else { Lane::Anyone { is_suspect } };
    let stored = found.as_ref().map(|row| row.password_hash.as_str());
    let matches = app.passwords.verify(body.password, stored, lane).await?;
    let Some(row) = found.filter(|_| matches) else {
        sleep_until(came + app.timing.failed_sign_in_after).await;
        return Err(failed(&app, network));
    };
    app.guesses.forgive(guesser, came.into_std());
    let password_hash = row.password_hash.clone();
    let (account, tokens, now) = (row.account()?, NewTokens::random(), clock::now());
    // Each adds a device that stays for weeks.
    app.sign_ins.take(account.id, came.into_std()).map_err(too_many_attempts)?;
    // A device keeps its token. It opens nothing, so there is no use in changing it, and an answer can be lost.
    let device_token = body.device_token.filter(|_| known).unwrap_or_else(new_device_token);
    let mut tx = app.store.write().await?;
    // While the password was being checked it may have been changed, which ends other sign-ins: this one as well.
    if !tx.lock_sign_in(account.id, &password_hash).await? {
        return Err(ApiError::new(ProblemCode::WrongCredentials));
    }
    tx.add_device(account.id, &device, now, &tokens.stored(now, app.timing.access_lifetime)).await?;
    tx.know_device(account.id, &hash(&device_token), now).await?;
    tx.commit().await?;
    let answer = signed_in(&app, tokens, account);
    Ok(Json(SignedIn { device_token: Some(device_token), ..answer }))
}

/// The account with this address, if somebody may sign in to it. What can't be an address is not looked up.
async fn find(app: &App, email: &str) -> Result<Option<SignInRow>, StoreError> {
    let found = if is_valid_email(email) { app.store.find_sign_in(email).await? } else { None };
    Ok(found.filter(SignInRow::may_sign_in))
}

/// The answer to a wrong password. Only to a wrong one: a studio is one network, and its people may have nothing to do
/// with whoever guesses there.
fn failed(app: &App, network: Network) -> ApiError {
    match app.guesses.failed(network, std::time::Instant::now()) {
        Ok(()) => ApiError::new(ProblemCode::WrongCredentials),
        Err(wait) => too_many_attempts(wait),
    }
}

/// The answer to one attempt too many.
fn too_many_attempts(wait: Duration) -> ApiError {
    ApiError::new(ProblemCode::TooManyAttempts).retry_after(wait)
}

/// The response with the tokens.
pub(in crate::endpoints) fn signed_in(app: &App, tokens: NewTokens, user: Account) -> SignedIn {
    SignedIn {
        access_token: tokens.access,
        access_expires_in_s: u32::try_from(app.timing.access_lifetime.as_secs()).unwrap_or(u32::MAX),
        refresh_token: tokens.refresh,
        user,
        device_token: None,
    }
}
