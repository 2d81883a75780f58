//! `POST /v1/auth/refresh`: a new pair of tokens for a device.
//!
//! A refresh token is good once. Used again, it is either a device whose answer got lost on the way, which shows in
//! that nobody has used the pair it got; then it gets another pair. Or it was copied; then the device is signed out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::ProblemCode;
use training::wire::{RefreshTokens, SignedIn};

use super::sign_in::signed_in;
use crate::accounts::{NewTokens, hash};
use crate::app::{App, to_the_end};
use crate::clock;
use crate::http::{ApiError, Required};
use crate::store::DeviceRow;

/// Refresh the tokens
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "sign-in",
    request_body = RefreshTokens,
    responses((status = 200, description = "The next pair of tokens", body = SignedIn)))]
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    Required(body): Required<RefreshTokens>,
) -> Result<Json<SignedIn>, ApiError> {
    let invalid = || ApiError::new(ProblemCode::TokenInvalid);
    let now = clock::now();
    let mut tx = app.store.write().await?;
    let device = tx.lock_device(&hash(&body.refresh_token)).await?.ok_or_else(invalid)?;
    if device.revoked || device.token_expires_at <= now || !tx.is_active(device.user).await? {
        return Err(invalid());
    }
    let generation = match fate(&device) {
        Fate::Next => {
            tx.advance_device(device.id).await?;
            device.generation + 1
        }
        Fate::Again => {
            // Of a pair that never arrived nobody misses anything; one that did is in the wrong hands.
            tx.drop_tokens(device.id, device.generation).await?;
            device.generation
        }
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
    /// Its device signed out.
    Reused,
}

fn fate(device: &DeviceRow) -> Fate {
    if device.token_generation == device.generation {
        Fate::Next
    } else if device.token_generation + 1 == device.generation && !device.confirmed {
        Fate::Again
    } else {
        Fate::Reused
    }
}
