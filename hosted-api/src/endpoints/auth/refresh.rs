//! `POST /v1/auth/refresh`: a new pair of tokens for a device.
//!
//! A refresh token is good once. Used again, it is either a device whose answer got lost on the way, which shows in
//! that nobody has used the pair it got; then it gets another pair, and the first one used ends the others. Or it is a
//! request that the network kept and delivers late, which shows in the key it was sent under; then it gets nothing. Or
//! the token was copied; then the device is signed out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use training::ProblemCode;
use training::wire::{RefreshTokens, SignedIn};

use super::sign_in::signed_in;
use crate::accounts::{NewTokens, hash};
use crate::app::{App, to_the_end};
use crate::clock;
use crate::http::{ApiError, Required, key};
use crate::store::DeviceRow;

/// Refresh the tokens
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "sign-in",
    request_body = RefreshTokens,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "The same for every attempt to use this token up, and nobody else's: an attempt that arrives \
                       when its successor is in use is then not taken for a thief's")),
    responses((status = 200, description = "The next pair of tokens", body = SignedIn)))]
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Required(body): Required<RefreshTokens>,
) -> Result<Json<SignedIn>, ApiError> {
    let of_no_use = "This refresh token is of no use any more: take the pair that came after it, or sign in.";
    let invalid = || ApiError::new(ProblemCode::TokenInvalid).detail(of_no_use);
    let now = clock::now();
    let key = key(&headers)?;
    let mut tx = app.store.write().await?;
    let device = tx.lock_device(&hash(&body.refresh_token)).await?.ok_or_else(invalid)?;
    if device.revoked || device.token_expires_at <= now || !tx.is_active(device.user).await? {
        return Err(invalid());
    }
    let generation = match fate(&device, key.as_deref()) {
        Fate::Next => {
            tx.drop_siblings(device.id, &device.token).await?;
            tx.advance_device(device.id).await?;
            device.generation + 1
        }
        Fate::Again => device.generation,
        Fate::Late => return Err(invalid()),
        Fate::Reused => {
            tx.revoke_device(device.id, now).await?;
            let app = Arc::clone(&app);
            to_the_end(async move {
                tx.commit().await?;
                app.hub.sign_out(device.user, device.id);
                Ok(())
            })
            .await?;
            return Err(ApiError::new(ProblemCode::TokenReused));
        }
    };
    if let Some(key) = &key {
        tx.note_refresh_key(&device, key).await?;
    }
    let tokens = NewTokens::random();
    tx.add_tokens(device.id, generation, &tokens.stored(now, app.timing.access_lifetime)).await?;
    let account = tx.account(device.user).await?;
    tx.commit().await?;
    Ok(Json(signed_in(&app, tokens, account)))
}

/// What a refresh token gets.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// The next generation.
    Next,
    /// Another pair of the latest generation.
    Again,
    /// Nothing: it has had its turn.
    Late,
    /// Its device signed out.
    Reused,
}

fn fate(device: &DeviceRow, key: Option<&str>) -> Fate {
    match device.behind() {
        0 => Fate::Next,
        1 if !device.confirmed => Fate::Again,
        _ if key.is_some_and(|key| device.was_refreshed_by(key)) => Fate::Late,
        _ => Fate::Reused,
    }
}
