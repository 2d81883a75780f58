//! `POST /v1/auth/refresh`: a new pair of tokens for a device.
//!
//! A refresh token is valid once. A second use has one of three causes. The answer was lost: nobody has used the pair in
//! it, so the device gets another pair, and the first pair that is used invalidates the others. The network delivered a
//! duplicate late: the server knows its key, so the request gets nothing. The token was copied: the device is signed out.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use training::wire::{RefreshTokens, SignedIn};
use training::{PersonLimits, ProblemCode, Timestamp};

use super::sign_in::signed_in;
use crate::accounts::{Lifetimes, NewTokens, hash};
use crate::app::App;
use crate::clock;
use crate::commands::{EventsByPerson, commit_and_wake};
use crate::http::{AnonymousBody, ApiError, idempotency_key};
use crate::store::DeviceRow;

/// Refresh the tokens
///
/// In the lifetime of an access token, one refresh token is good for ten attempts, and a device for thirty; then 429.
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "sign-in",
    request_body = RefreshTokens,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "The same for every attempt to use this token: a late duplicate is then not mistaken for the \
                       use of a copied token")),
    responses((status = 200, description = "The next pair of tokens", body = SignedIn)))]
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    AnonymousBody(body): AnonymousBody<RefreshTokens>,
) -> Result<Json<SignedIn>, ApiError> {
    let superseded = "This refresh token was superseded: use the pair that came after it, or sign in.";
    let invalid = || ApiError::new(ProblemCode::TokenInvalid).detail(superseded);
    let now = clock::now();
    let key = idempotency_key(&headers)?;
    let token = hash(&body.refresh_token);
    // Without a transaction: whoever makes tokens up must not keep those waiting who write.
    if !app.store.knows_refresh_token(&token, now).await? {
        return Err(invalid());
    }
    let mut tx = app.store.write().await?;
    let device = tx.lock_device(&token).await?.ok_or_else(invalid)?;
    if device.revoked || device.token_expires_at <= now || !tx.is_active(device.user).await? {
        return Err(invalid());
    }
    let decision = decide(&device, key.as_deref());
    if matches!(decision, RefreshDecision::Rotate | RefreshDecision::Reissue) {
        let Lifetimes { access, refresh } = app.timing.lifetimes;
        let issued_after = clock::before(now, access);
        let refreshes = tx.refreshes_of(&device, clock::after(issued_after, refresh)).await?;
        let full_until = full_until(&refreshes, decision, clock::after(now, refresh), access);
        if let Some(wait) = full_until {
            return Err(ApiError::new(ProblemCode::TooManyAttempts).retry_after(wait));
        }
    }
    let generation = match decision {
        RefreshDecision::Rotate => {
            tx.delete_siblings(device.id, &device.token).await?;
            tx.advance_device(device.id).await?;
            device.generation + 1
        }
        RefreshDecision::Reissue => device.generation,
        RefreshDecision::Reject => return Err(invalid()),
        RefreshDecision::Revoke => {
            tx.revoke_device(device.id, now).await?;
            let mut by_person = EventsByPerson::default();
            by_person.sign_out_device(device.user, device.id);
            commit_and_wake(&app, tx, by_person).await?;
            return Err(ApiError::new(ProblemCode::TokenReused));
        }
    };
    if let Some(key) = &key {
        tx.record_refresh_key(&device, key).await?;
    }
    let tokens = NewTokens::random();
    tx.add_tokens(device.id, generation, &tokens.stored(now, app.timing.lifetimes)).await?;
    tx.record_seen_device(device.id, device.user, now).await?;
    let account = tx.account(device.user).await?;
    tx.commit().await?;
    Ok(Json(signed_in(&app, tokens, account)))
}

/// How long to wait if there were too many refreshes of late: those in `refreshes`, by how many generations they are
/// behind and by when their tokens expire. A token got now expires at `expires`; after `window` it is not of late any
/// more.
///
/// Every refresh adds rows that stay for weeks. A client whose answers are lost gets a new pair again and again, but
/// not as fast as it can ask.
fn full_until(
    refreshes: &[(u64, Timestamp)],
    decision: RefreshDecision,
    expires: Timestamp,
    window: Duration,
) -> Option<Duration> {
    let wait = |all: &[Timestamp], most: usize| {
        let oldest_that_counts = *all.get(all.len().checked_sub(most)?)?;
        Some(clock::until(expires, clock::after(oldest_that_counts, window)))
    };
    let all: Vec<Timestamp> = refreshes.iter().map(|(_, expires)| *expires).collect();
    let again: Vec<Timestamp> = refreshes.iter().filter(|(behind, _)| *behind == 0).map(|(_, at)| *at).collect();
    let with_one_token =
        (decision == RefreshDecision::Reissue).then(|| wait(&again, PersonLimits::REFRESHES_WITH_ONE_TOKEN)).flatten();
    with_one_token.max(wait(&all, PersonLimits::REFRESHES_OF_ONE_DEVICE))
}

/// What to do about a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RefreshDecision {
    /// Issue a pair of the next generation.
    Rotate,
    /// Issue another pair of the latest generation.
    Reissue,
    /// Issue nothing: the request is a late duplicate.
    Reject,
    /// Sign the device out: the token was copied.
    Revoke,
}

fn decide(device: &DeviceRow, key: Option<&str>) -> RefreshDecision {
    match device.generations_behind() {
        0 => RefreshDecision::Rotate,
        1 if !device.confirmed => RefreshDecision::Reissue,
        _ if key.is_some_and(|key| device.has_refresh_key(key)) => RefreshDecision::Reject,
        _ => RefreshDecision::Revoke,
    }
}
