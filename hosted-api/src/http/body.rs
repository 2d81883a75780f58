//! Bodies of requests, as arguments of handlers: JSON, bounded (`body_limits`), without unknown fields (`json`).

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ApiError;
use super::json::parse;
use crate::app::App;

/// A body that must be there, from anyone: small, and soon complete.
#[derive(Debug)]
pub(crate) struct AnonymousBody<T>(pub(crate) T);

/// A body that must be there. Only for requests whose caller is known before it is read.
#[derive(Debug)]
pub(crate) struct Required<T>(pub(crate) T);

/// A body that may be left out. Only for requests whose caller is known before it is read.
#[derive(Debug)]
pub(crate) struct Optional<T>(pub(crate) T);

/// The body of an act without data: none, or `{}`.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
pub(crate) struct Nothing {}

/// What a request's body may be, and how it is read from bytes.
pub(crate) trait FromBody: Sized {
    /// Reads it.
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, ApiError>;
}

impl<T: DeserializeOwned> FromBody for Required<T> {
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, ApiError> {
        parse(headers, bytes).map(Self)
    }
}

impl<T: DeserializeOwned + Default> FromBody for Optional<T> {
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, ApiError> {
        if bytes.is_empty() { Ok(Self(T::default())) } else { parse(headers, bytes).map(Self) }
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for AnonymousBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let collected = app.bodies.anonymous.read(body).await?;
        parse(&parts.headers, collected.bytes()).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Required<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        read_from_signed_in(request, app).await
    }
}

impl<T: DeserializeOwned + Default> FromRequest<Arc<App>> for Optional<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        read_from_signed_in(request, app).await
    }
}

async fn read_from_signed_in<B: FromBody>(request: Request, app: &App) -> Result<B, ApiError> {
    let (parts, body) = request.into_parts();
    let collected = app.bodies.signed_in.read(body).await?;
    B::read(&parts.headers, collected.bytes())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::CONTENT_TYPE;
    use training::text::{MAX_CODE_POINTS_PER_CHAR, is_within};
    use training::wire::CompleteRound;
    use training::{MAX_NOTE_CHARS, Region, RoundPlan};

    use super::*;
    use crate::http::{Bodies, BodyTiming};

    fn json() -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))])
    }

    /// The text with every character of its strings escaped, as ASCII-only clients may do.
    fn escaped(text: &str) -> String {
        let escape = |part: &str| part.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
        // No string contains a quote, so every second part is a string.
        let parts =
            text.split('"').enumerate().map(|(i, part)| if i % 2 == 0 { part.to_owned() } else { escape(part) });
        parts.collect::<Vec<_>>().join("\"")
    }

    #[tokio::test]
    async fn the_largest_valid_body_is_read_even_if_fully_escaped() {
        let report = serde_json::json!({
            "id": "01890000-0000-7000-8000-000000000000", "effort": 10, "pain": true, "pain_regions": Region::ALL,
            "note": "🧑\u{200D}🧑🏽".repeat(MAX_NOTE_CHARS),
            "actual": { "weight_kg": 999.123_456_789, "reps": 9_999, "distance_m": 999_999.123_456, "time_s": 86_400, "effort": 10 }
        });
        let body = serde_json::json!({ "exercises": vec![report; RoundPlan::MAX_EXERCISES] }).to_string();
        let bodies = Bodies::new(BodyTiming::default());
        let body = bodies.signed_in.read(escaped(&body).into()).await.expect("it is not too large");
        assert!(body.bytes().len() > 1_000_000, "{}", body.bytes().len());
        let Required(read) = Required::<CompleteRound>::read(&json(), body.bytes()).expect("it is valid");
        let notes = read.exercises.iter().filter_map(|report| report.note.as_deref());
        assert!(
            notes.clone().all(|note| note.chars().count() == MAX_NOTE_CHARS * MAX_CODE_POINTS_PER_CHAR
                && is_within(note, MAX_NOTE_CHARS))
        );
        assert_eq!(notes.count(), RoundPlan::MAX_EXERCISES);
    }

    #[tokio::test]
    async fn the_largest_valid_sign_in_is_read_also_when_all_of_it_is_escaped() {
        let text = |chars: usize| "🏋".repeat(chars);
        let body = serde_json::json!({
            "email": text(training::MAX_NAME_CHARS), "password": text(training::MAX_PASSWORD_CHARS),
            "device_name": text(training::MAX_NAME_CHARS * MAX_CODE_POINTS_PER_CHAR),
            "device_token": crate::accounts::new_device_token(),
        });
        let bodies = Bodies::new(BodyTiming::default());
        let collected = bodies.anonymous.read(escaped(&body.to_string()).into()).await.expect("it is not too large");
        parse::<training::wire::SignIn>(&json(), collected.bytes()).expect("it is valid");
    }

    #[test]
    fn an_optional_body_may_be_absent_or_empty() {
        assert!(Optional::<Nothing>::read(&HeaderMap::new(), b"").is_ok());
        assert!(Optional::<Nothing>::read(&json(), b"{}").is_ok());
    }
}
