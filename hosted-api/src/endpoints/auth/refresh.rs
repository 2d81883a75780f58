//! `POST /v1/auth/refresh`: a new pair of tokens for a device.
//!
//! A refresh token is valid once. A second use has one of three causes. The answer was lost: nobody has used the pair in
//! it, so the device gets another pair, and the first pair that is used invalidates the others. The network delivered a
//! duplicate late: the server knows its key, so the request gets nothing. The token was copied: the device is signed out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use training::ProblemCode;
use training::wire::{RefreshTokens, SignedIn};

use super::sign_in::signed_in;
use crate::accounts::{NewTokens, hash};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::http::{ApiError, Required, idempotency_key};
use crate::store::DeviceRow;

/// Refresh the tokens
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "sign-in",
    request_body = RefreshTokens,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "The same for every attempt to use this token: a late duplicate is then not mistaken for the \
                       use of a copied token")),
    responses((status = 200, description = "The next pair of tokens", body = SignedIn)))]
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Required(body): Required<RefreshTokens>,
) -> Result<Json<SignedIn>, ApiError> {
    let superseded = "This refresh token was superseded: use the pair that came after it, or sign in.";
    let invalid = || ApiError::new(ProblemCode::TokenInvalid).detail(superseded);
    let now = clock::now();
    let key = idempotency_key(&headers)?;
    let mut tx = app.store.write().await?;
    let device = tx.lock_device(&hash(&body.refresh_token)).await?.ok_or_else(invalid)?;
    if device.revoked || device.token_expires_at <= now || !tx.is_active(device.user).await? {
        return Err(invalid());
    }
    let generation = match decide(&device, key.as_deref()) {
        RefreshDecision::Rotate => {
            tx.delete_siblings(device.id, &device.token).await?;
            tx.advance_device(device.id).await?;
            device.generation + 1
        }
        RefreshDecision::Reissue => device.generation,
        RefreshDecision::Reject => return Err(invalid()),
        RefreshDecision::Revoke => {
            tx.revoke_device(device.id, now).await?;
            let app = Arc::clone(&app);
            run_to_completion(async move {
                tx.commit().await?;
                app.hub.sign_out(device.user, device.id);
                Ok(())
            })
            .await?;
            return Err(ApiError::new(ProblemCode::TokenReused));
        }
    };
    if let Some(key) = &key {
        tx.record_refresh_key(&device, key).await?;
    }
    let tokens = NewTokens::random();
    tx.add_tokens(device.id, generation, &tokens.stored(now, app.timing.access_lifetime)).await?;
    let account = tx.account(device.user).await?;
    tx.commit().await?;
    Ok(Json(signed_in(&app, tokens, account)))
}

/// What to do about a refresh.
#[derive(Debug, PartialEq, Eq)]
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
