//! Bodies: JSON, bounded, without unknown fields, and with findings that point to the field.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use training::{FieldCode, ProblemCode};

use super::ApiError;
use super::strict::Strict;

/// Largest body, in bytes. The largest valid one, feedback for a round of fifty exercises with the longest notes, is
/// smaller even if a client escapes every character of every text.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// A body that must be there.
#[derive(Debug)]
pub(crate) struct Required<T>(pub(crate) T);

/// A body that may be left out.
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

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Required<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        Self::read(&parts.headers, &read_bytes(body).await?)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for Optional<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        Self::read(&parts.headers, &read_bytes(body).await?)
    }
}

/// All of a body, unless it is too large.
pub(super) async fn read_bytes(body: Body) -> Result<Bytes, ApiError> {
    to_bytes(body, MAX_BYTES).await.map_err(|error| {
        let is_limit = std::error::Error::source(&error).is_some_and(|source| source.to_string().contains("limit"));
        if is_limit {
            ApiError::new(ProblemCode::PayloadTooLarge)
        } else {
            // The client disconnected midway; nobody reads this answer.
            ApiError::new(ProblemCode::MalformedJson).detail("the body ended early")
        }
    })
}

fn parse<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, ApiError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::new(ProblemCode::UnsupportedMediaType));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value =
        serde_path_to_error::deserialize(Strict(&mut json)).map_err(|error| finding(error.path(), error.inner()))?;
    json.end().map_err(|_| ApiError::new(ProblemCode::MalformedJson))?;
    Ok(value)
}

fn finding(path: &Path, error: &serde_json::Error) -> ApiError {
    if error.classify() != Category::Data {
        return ApiError::new(ProblemCode::MalformedJson);
    }
    // serde reports the kind of finding only as text; these are its fixed phrases.
    let text = error.to_string();
    let named = |phrase: &str| Some(text.strip_prefix(phrase)?.split('`').nth(1)?.to_owned());
    let (code, field) = if let Some(field) = named("unknown field") {
        (FieldCode::UnknownField, Some(field))
    } else if let Some(field) = named("missing field") {
        (FieldCode::Required, Some(field))
    } else if let Some(field) = named("duplicate field") {
        (FieldCode::Duplicate, Some(field))
    } else {
        (FieldCode::Invalid, None)
    };
    ApiError::invalid_field(pointer(path, field.as_deref()), code)
}

/// The JSON pointer of a path plus a field, which the path may or may not already end with.
fn pointer(path: &Path, field: Option<&str>) -> String {
    let mut tokens: Vec<String> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    if let Some(field) = field
        && tokens.last().is_none_or(|last| last != field)
    {
        tokens.push(field.to_owned());
    }
    tokens
        .iter()
        .fold(String::new(), |pointer, token| format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1")))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use training::text::{MAX_CODE_POINTS_PER_CHAR, is_within};
    use training::wire::{CancelSession, ChangeMe, CompleteRound, SaveRound};
    use training::{MAX_NOTE_CHARS, Region, RoundPlan};

    use super::*;

    fn json() -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))])
    }

    fn refused<T: DeserializeOwned>(body: &str) -> (ProblemCode, Vec<(String, FieldCode)>) {
        let error = parse::<T>(&json(), body.as_bytes()).err().expect("refused");
        let fields = error.clone().problem("r").fields;
        (error.code, fields.into_iter().map(|field| (field.pointer, field.code)).collect())
    }

    #[test]
    fn findings_point_to_the_field() {
        let id = "01890000-0000-7000-8000-000000000000";
        for (body, pointer, code) in [
            ("{}".to_owned(), "/exercises", FieldCode::Required),
            (r#"{"exercises":[],"extra":1}"#.to_owned(), "/extra", FieldCode::UnknownField),
            (r#"{"exercises":[],"exercises":[]}"#.to_owned(), "/exercises", FieldCode::Duplicate),
            (r#"{"exercises":[{}]}"#.to_owned(), "/exercises/0/exercise_id", FieldCode::Required),
            (r#"{"exercises":[{"exercise_id":"x"}]}"#.to_owned(), "/exercises/0/exercise_id", FieldCode::Invalid),
            (
                format!(r#"{{"exercises":[{{"exercise_id":"{id}","planned":{{"reps":-1}}}}]}}"#),
                "/exercises/0/planned/reps",
                FieldCode::Invalid,
            ),
            ("[]".to_owned(), "", FieldCode::Invalid),
            (
                format!(r#"{{"exercises":[{{"exercise_id":"{id}","planned":[100,5]}}]}}"#),
                "/exercises/0/planned",
                FieldCode::Invalid,
            ),
            (
                format!(r#"{{"exercises":[{{"exercise_id":"{id}","planned":{{"a/b":1}}}}]}}"#),
                "/exercises/0/planned/a~1b",
                FieldCode::UnknownField,
            ),
        ] {
            assert_eq!(refused::<SaveRound>(&body), (ProblemCode::Invalid, vec![(pointer.to_owned(), code)]), "{body}");
        }
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
        let body = read_bytes(escaped(&body).into()).await.expect("it is not too large");
        assert!(body.len() > 1_000_000, "{}", body.len());
        let Required(read) = Required::<CompleteRound>::read(&json(), &body).expect("it is valid");
        let notes = read.exercises.iter().filter_map(|report| report.note.as_deref());
        assert!(
            notes.clone().all(|note| note.chars().count() == MAX_NOTE_CHARS * MAX_CODE_POINTS_PER_CHAR
                && is_within(note, MAX_NOTE_CHARS))
        );
        assert_eq!(notes.count(), RoundPlan::MAX_EXERCISES);
    }

    #[test]
    fn non_json_bodies_are_malformed() {
        for body in ["", "{", "{} {}", "nope", "\u{feff}{}"] {
            assert_eq!(refused::<CancelSession>(body).0, ProblemCode::MalformedJson, "{body:?}");
        }
    }

    #[test]
    fn other_content_types_are_refused() {
        let error = parse::<CancelSession>(&HeaderMap::new(), b"{}").expect_err("refused");
        assert_eq!(error.code, ProblemCode::UnsupportedMediaType);
    }

    #[test]
    fn enums_are_not_read_from_objects() {
        assert_eq!(refused::<ChangeMe>(r#"{"locale":{"de":null}}"#).1, [("/locale".to_owned(), FieldCode::Invalid)]);
    }

    #[test]
    fn an_optional_body_may_be_absent_or_empty() {
        assert!(Optional::<Nothing>::read(&HeaderMap::new(), b"").is_ok());
        assert!(Optional::<Nothing>::read(&json(), b"{}").is_ok());
        assert_eq!(refused::<Nothing>("[]").1, [(String::new(), FieldCode::Invalid)]);
        assert_eq!(refused::<Nothing>(r#"{"a":1}"#).1, [("/a".to_owned(), FieldCode::UnknownField)]);
    }
}
