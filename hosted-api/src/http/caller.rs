//! The caller: the holder of the access token, read from the database on every request.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use training::wire::{Account, Role};
use training::{Person, ProblemCode, Timestamp};

use super::ApiError;
use crate::accounts::{DeviceId, hash};
use crate::app::App;
use crate::clock;

/// A signed-in person on one of their devices.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: Account,
    pub(crate) device: DeviceId,
    /// When their access token expires.
    pub(crate) expires_at: Timestamp,
}

impl Caller {
    /// The person, as others see them.
    pub(crate) fn person(&self) -> Person {
        Person { id: self.account.id, name: self.account.name.clone() }
    }

    /// Refuses a caller who does not currently hold this role.
    pub(crate) fn must_be(&self, role: Role) -> Result<(), ApiError> {
        if self.account.roles.contains(&role) { Ok(()) } else { Err(ApiError::role(role)) }
    }

    /// Refuses a caller who is currently neither trainer nor admin.
    pub(crate) fn must_be_staff(&self) -> Result<(), ApiError> {
        if self.account.is_staff() { Ok(()) } else { Err(ApiError::role(Role::Admin)) }
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let header = parts.headers.get(AUTHORIZATION).ok_or(ApiError::new(ProblemCode::TokenMissing))?;
        let token = header.to_str().ok().and_then(bearer).ok_or(ApiError::new(ProblemCode::TokenInvalid))?;
        let holder = app.store.token_holder(&hash(token)).await?.ok_or(ApiError::new(ProblemCode::TokenInvalid))?;
        if holder.expires_at <= clock::now() {
            return Err(ApiError::new(ProblemCode::TokenInvalid));
        }
        if let Some(used) = &holder.unconfirmed {
            // Once per generation: this invalidates the refresh token that created it, and the other pairs created with
            // it.
            let mut tx = app.store.write().await?;
            if !tx.confirm_device(holder.device, used).await? {
                return Err(ApiError::new(ProblemCode::TokenInvalid));
            }
            tx.commit().await?;
        }
        Ok(Self { account: holder.account, device: holder.device, expires_at: holder.expires_at })
    }
}

pub(crate) fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearer_tokens_are_accepted() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer abc"), Some("abc"));
        for header in ["", "abc", "Basic abc", "Bearer ", "Bearer"] {
            assert_eq!(bearer(header), None, "{header:?}");
        }
    }
}
