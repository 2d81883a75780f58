//! `Idempotency-Key`: a command sent twice is executed once.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use training::ProblemCode;

use super::body::FromBody;
use super::{ApiError, Caller};
use crate::accounts::hash_lines;
use crate::app::App;

/// Longest key, in characters.
pub(crate) const MAX_KEY_CHARS: usize = 100;

/// A key and what it is used for.
#[derive(Clone, Debug)]
pub(crate) struct IdempotencyKey {
    pub(crate) key: String,
    /// A hash of the parts of the request that matter.
    pub(crate) fingerprint: String,
}

/// A command as it was sent: by whom, what, and under which key.
pub(crate) struct CommandRequest<B> {
    pub(crate) caller: Caller,
    pub(crate) body: B,
    pub(crate) key: Option<IdempotencyKey>,
}

impl<B: FromBody> FromRequest<Arc<App>> for CommandRequest<B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let sent = app.bodies.signed_in.read(body).await?;
        let key = idempotency_key(&parts.headers)?.map(|key| {
            // Without `If-Match`: the same act, retried on the current version, is not a different one. Once its result
            // on one version is known, no other is tried.
            let lines = [parts.method.as_str().as_bytes(), parts.uri.path().as_bytes(), sent.bytes()];
            IdempotencyKey { key, fingerprint: hash_lines(&lines) }
        });
        let body = B::read(&parts.headers, sent.bytes())?;
        Ok(Self { caller, body, key })
    }
}

/// The idempotency key of a request, if it has one.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=MAX_KEY_CHARS).contains(&key.len()));
    match key.filter(|key| key.bytes().all(|b| b.is_ascii_graphic())) {
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(ApiError::new(ProblemCode::InvalidParameter)
            .detail("Idempotency-Key must be 1 to 100 visible ASCII characters")),
    }
}
