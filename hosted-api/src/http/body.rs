//! Bodies: JSON, bounded, without unknown fields, and with findings that point to the field.
//!
//! A body is read as it comes, so a client that sends it slowly holds memory for as long. How much is bounded three
//! times: for each body, by its size and by a deadline; and for all of them together, by a budget. Where nobody is
//! signed in, all of this is far less, and a budget of its own: strangers take nothing from those who are.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use training::{FieldCode, ProblemCode};

use super::ApiError;
use super::strict::Strict;
use crate::app::App;

/// Largest body, in bytes. The largest valid one, feedback for a round of fifty exercises with the longest notes, is
/// smaller even if a client escapes every character of every text.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Largest body where nobody is signed in, in bytes. The largest valid one, a sign-in, is smaller even if all of it is
/// escaped.
const MAX_BYTES_FROM_ANYONE: usize = 16 * 1024;
/// The budget for the bodies of all who are signed in, in bytes.
const BUDGET: usize = 64 * 1024 * 1024;
/// The budget for all others.
const BUDGET_FOR_ANYONE: usize = 8 * 1024 * 1024;
/// So much of each body is not counted: a connection takes ten times as much anyway. Nearly every body is smaller, so
/// it finds room also while others use the whole budget up.
const UNCOUNTED: usize = 1024;

/// How long a body may take to arrive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyTiming {
    /// From somebody who is signed in.
    pub(crate) from_signed_in: Duration,
    /// From anyone.
    pub(crate) from_anyone: Duration,
}

impl Default for BodyTiming {
    fn default() -> Self {
        Self { from_signed_in: Duration::from_secs(30), from_anyone: Duration::from_secs(10) }
    }
}

/// What bodies may take.
pub(crate) struct Bodies {
    pub(super) from_signed_in: Bounds,
    pub(super) from_anyone: Bounds,
}

/// What the bodies of some requests may take.
pub(super) struct Bounds {
    max_bytes: usize,
    within: Duration,
    /// A permit for each byte.
    budget: Arc<Semaphore>,
}

/// All of a body.
#[derive(Debug, Default)]
pub(super) struct Whole {
    bytes: Vec<u8>,
    /// Its part of the budget.
    counted: Option<OwnedSemaphorePermit>,
}

/// A body that must be there, from anyone: small, and soon complete.
#[derive(Debug)]
pub(crate) struct FromAnyone<T>(pub(crate) T);

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

impl<T: DeserializeOwned> FromRequest<Arc<App>> for FromAnyone<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let whole = app.bodies.from_anyone.read(body).await?;
        parse(&parts.headers, whole.bytes()).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Required<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let whole = app.bodies.from_signed_in.read(body).await?;
        Self::read(&parts.headers, whole.bytes())
    }
}

impl<T: DeserializeOwned + Default> FromRequest<Arc<App>> for Optional<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let whole = app.bodies.from_signed_in.read(body).await?;
        Self::read(&parts.headers, whole.bytes())
    }
}

impl Bodies {
    pub(crate) fn new(timing: BodyTiming) -> Self {
        let bounds = |max_bytes, budget, within| Bounds { max_bytes, within, budget: Arc::new(Semaphore::new(budget)) };
        Self {
            from_signed_in: bounds(MAX_BYTES, BUDGET, timing.from_signed_in),
            from_anyone: bounds(MAX_BYTES_FROM_ANYONE, BUDGET_FOR_ANYONE, timing.from_anyone),
        }
    }
}

impl Bounds {
    /// All of a body, unless it is too large, comes too slowly, or there is no room for it.
    pub(super) async fn read(&self, body: Body) -> Result<Whole, ApiError> {
        let mut body = body.into_data_stream();
        timeout(self.within, self.collect(&mut body)).await.unwrap_or(Err(ApiError::new(ProblemCode::Timeout)))
    }

    async fn collect(&self, body: &mut BodyDataStream) -> Result<Whole, ApiError> {
        let mut whole = Whole::default();
        while let Some(chunk) = body.next().await {
            // The client disconnected midway; nobody reads this answer.
            let chunk = chunk.map_err(|_| ApiError::new(ProblemCode::MalformedJson).detail("the body ended early"))?;
            if whole.bytes.len() + chunk.len() > self.max_bytes {
                drop(whole);
                pass_over(body).await;
                return Err(ApiError::new(ProblemCode::PayloadTooLarge));
            }
            if whole.add(&chunk, &self.budget).is_none() {
                drop(whole);
                pass_over(body).await;
                return Err(ApiError::busy());
            }
        }
        Ok(whole)
    }
}

impl Whole {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds a part; none if there is no room for it.
    fn add(&mut self, part: &[u8], budget: &Arc<Semaphore>) -> Option<()> {
        let counted = |bytes: usize| bytes.saturating_sub(UNCOUNTED);
        let more = counted(self.bytes.len() + part.len()) - counted(self.bytes.len());
        if more > 0 {
            let permits = Arc::clone(budget).try_acquire_many_owned(u32::try_from(more).ok()?).ok()?;
            match &mut self.counted {
                Some(counted) => counted.merge(permits),
                none => *none = Some(permits),
            }
        }
        self.bytes.extend_from_slice(part);
        Some(())
    }
}

/// Reads on without keeping anything, up to the largest size of any body: a client that is still sending would not see
/// the answer.
async fn pass_over(body: &mut BodyDataStream) {
    let mut passed = 0;
    while passed <= MAX_BYTES
        && let Some(Ok(chunk)) = body.next().await
    {
        passed += chunk.len();
    }
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
        let bodies = Bodies::new(BodyTiming::default());
        let body = bodies.from_signed_in.read(escaped(&body).into()).await.expect("it is not too large").bytes;
        assert!(body.len() > 1_000_000, "{}", body.len());
        let Required(read) = Required::<CompleteRound>::read(&json(), &body).expect("it is valid");
        let notes = read.exercises.iter().filter_map(|report| report.note.as_deref());
        assert!(
            notes.clone().all(|note| note.chars().count() == MAX_NOTE_CHARS * MAX_CODE_POINTS_PER_CHAR
                && is_within(note, MAX_NOTE_CHARS))
        );
        assert_eq!(notes.count(), RoundPlan::MAX_EXERCISES);
    }

    /// A body of this size, in parts, and then nothing more, whether it ends or not.
    fn sent(bytes: usize, ends: bool) -> Body {
        let part = axum::body::Bytes::from(vec![b'x'; 512]);
        let parts = futures_util::stream::iter(vec![part; bytes / 512]).map(Ok::<_, std::io::Error>);
        if ends { Body::from_stream(parts) } else { Body::from_stream(parts.chain(futures_util::stream::pending())) }
    }

    #[tokio::test]
    async fn a_body_from_anyone_is_small() {
        let bodies = Bodies::new(BodyTiming::default());
        assert!(bodies.from_anyone.read(sent(MAX_BYTES_FROM_ANYONE, true)).await.is_ok());
        let error = bodies.from_anyone.read(sent(MAX_BYTES_FROM_ANYONE + 512, true)).await.expect_err("refused");
        assert_eq!(error.code, ProblemCode::PayloadTooLarge);
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
        let whole = bodies.from_anyone.read(escaped(&body.to_string()).into()).await.expect("it is not too large");
        parse::<training::wire::SignIn>(&json(), whole.bytes()).expect("it is valid");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up_sooner_from_anyone() {
        let bodies = Bodies::new(BodyTiming::default());
        for (bounds, seconds) in [(&bodies.from_anyone, 10), (&bodies.from_signed_in, 30)] {
            let began = tokio::time::Instant::now();
            let error = bounds.read(sent(512, false)).await.expect_err("given up");
            assert_eq!((error.code, began.elapsed().as_secs()), (ProblemCode::Timeout, seconds));
        }
    }

    #[tokio::test]
    async fn all_bodies_together_have_a_budget_that_small_ones_need_nothing_of() {
        let bodies = Bodies::new(BodyTiming::default());
        let bounds = &bodies.from_anyone;
        let mut stalled = Vec::new();
        while bounds.budget.available_permits() >= MAX_BYTES_FROM_ANYONE {
            let mut reading = Box::pin(bounds.read(sent(MAX_BYTES_FROM_ANYONE, false)));
            assert!(futures_util::poll!(&mut reading).is_pending());
            stalled.push(reading);
        }
        assert!(stalled.len() <= BUDGET_FOR_ANYONE / (MAX_BYTES_FROM_ANYONE - UNCOUNTED));
        assert!(bounds.read(sent(UNCOUNTED, true)).await.is_ok());
        assert!(bodies.from_signed_in.read(sent(MAX_BYTES, true)).await.is_ok(), "their budget is another");
        let left = u32::try_from(bounds.budget.available_permits()).expect("little");
        let _the_rest = bounds.budget.try_acquire_many(left).expect("they are available");
        let refused = bounds.read(sent(MAX_BYTES_FROM_ANYONE, true)).await.expect_err("there is no room");
        assert_eq!((refused.code, refused.retry_after_s()), (ProblemCode::Busy, Some(1)));
        drop(stalled);
        assert!(bounds.read(sent(MAX_BYTES_FROM_ANYONE, true)).await.is_ok(), "there is room again");
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
