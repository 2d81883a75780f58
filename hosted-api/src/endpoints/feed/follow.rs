//! `GET /v1/feed`: what happens, as a stream or polled, by what the client accepts.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use training::ProblemCode;
use training::wire::{Cursor, FeedPage, FeedTiming};

use crate::app::App;
use crate::connections::{Handover, LiveBody, Permit};
use crate::feed;
use crate::http::{ApiError, Caller, Params, parse_weighted};

/// How long a poll may be held open, in seconds.
pub(crate) const MAX_WAIT_S: u32 = FeedTiming::MAX_POLL_WAIT_S;
const STREAM: &str = "text/event-stream";
const JSON: &str = "application/json";

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct Place {
    after: Option<String>,
    wait: Option<u32>,
}

/// Follow the feed
///
/// With `Accept: text/event-stream`, unless JSON is liked better, a stream: `hello`, whose `api_version` is the header's,
/// then every event after the cursor in order, `bye` before it ends on purpose, `reset` when the cursor can't be continued.
/// Otherwise a page of what follows the cursor, for which `wait` may hold the answer back until there is something.
#[utoipa::path(get, path = "/v1/feed", tag = "feed",
    params(("after" = Option<Cursor>, Query, description = "The last cursor seen; needed to poll"),
           ("wait" = Option<u32>, Query, description = "Seconds to hold a poll open, 0 to 25"),
           ("Last-Event-ID" = Option<Cursor>, Header, description = "The last cursor seen, stronger than `after`")),
    responses((status = 200, description = "A stream, or a page", content(
        (FeedPage = "application/json"), (String = "text/event-stream")))))]
pub(crate) async fn feed(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(place): Params<Place>,
    handover: Option<Extension<Handover>>,
    permit: Option<Extension<Permit>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let form = accepted(&headers).ok_or(ApiError::new(ProblemCode::NotAcceptable))?;
    let last_seen = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?"));
    let text = last_seen.filter(|text| !text.is_empty()).or(place.after.as_deref());
    match form {
        Form::Stream => {
            // A cursor that was never one can't be continued either; it gets a `reset`, not a closed door.
            let unreadable = Cursor { epoch: String::new(), seq: 0 };
            let cursor = text.map(|text| text.parse().unwrap_or(unreadable));
            let messages = feed::open(app, caller, cursor).await?;
            let headers = [
                (CONTENT_TYPE, STREAM),
                (CACHE_CONTROL, "no-store"),
                (HeaderName::from_static("x-accel-buffering"), "no"),
                // Nothing but the stream passes here any more.
                (CONNECTION, "close"),
            ];
            let body = LiveBody::new(messages, handover.map(|Extension(handover)| handover));
            Ok((headers, Body::new(body)).into_response())
        }
        Form::Page => {
            let text = text.ok_or(invalid("a poll needs the cursor to go on from, as `after`"))?;
            let cursor = text.parse().map_err(|_| invalid("`after` is no cursor"))?;
            let wait = place.wait.unwrap_or(0);
            if wait > MAX_WAIT_S {
                return Err(invalid("`wait` must be 0 to 25 seconds"));
            }
            let page = feed::poll(app, caller, cursor, Duration::from_secs(wait.into()), permit.as_deref()).await?;
            Ok(([(CONTENT_TYPE, JSON)], page).into_response())
        }
    }
}

/// The forms of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Stream,
    Page,
}

/// The form the client likes better, and the stream if it names it (`text/*` is a name for it) and likes both alike.
fn accepted(headers: &HeaderMap) -> Option<Form> {
    let values: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if values.is_empty() {
        return Some(Form::Page);
    }
    let ranges: Vec<(&str, f32)> =
        values.iter().flat_map(|value| value.split(',')).filter_map(parse_weighted).collect();
    // The most specific range that covers a form weighs it (RFC 9110, section 12.5.1).
    let weight = |covering: &[&str]| {
        let weight_of = |wanted: &&str| ranges.iter().find(|(range, _)| range.eq_ignore_ascii_case(wanted));
        covering.iter().find_map(weight_of).map_or(0.0, |(_, weight)| *weight)
    };
    // Whoever takes anything can't be expected to know what to do with a stream.
    let (stream, page) = (weight(&[STREAM, "text/*"]), weight(&[JSON, "application/*", "*/*"]));
    if stream > 0.0 && stream >= page { Some(Form::Stream) } else { (page > 0.0).then_some(Form::Page) }
}

fn invalid(detail: &str) -> ApiError {
    ApiError::new(ProblemCode::InvalidParameter).detail(detail)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_form_follows_what_is_accepted() {
        for (accept, form) in [
            ("text/event-stream", Some(Form::Stream)),
            ("text/event-stream, application/json;q=0.1", Some(Form::Stream)),
            ("application/json", Some(Form::Page)),
            ("*/*", Some(Form::Page)),
            ("text/event-stream;q=0, application/json", Some(Form::Page)),
            ("text/event-stream;q=0.5, application/json", Some(Form::Page)),
            ("text/event-stream, */*", Some(Form::Stream)),
            ("application/json;Q=0, */*", None),
            ("application/json;q=0, text/event-stream;q=0.001", Some(Form::Stream)),
            ("text/html", None),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(accepted(&headers), form, "{accept}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Some(Form::Page));
    }
}
