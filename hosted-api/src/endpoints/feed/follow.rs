//! `GET /v1/feed`: events, as a stream or polled, depending on what the client accepts.

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
use crate::http::{ApiError, Caller, NO_STORE, Params, parse_weighted};

/// How long a poll may be held open, in seconds.
pub(crate) const MAX_WAIT_S: u32 = FeedTiming::MAX_POLL_WAIT_S;
const STREAM: &str = "text/event-stream";
const JSON: &str = "application/json";

/// The query parameters.
#[derive(Deserialize)]
pub(crate) struct FeedQuery {
    after: Option<String>,
    wait: Option<u32>,
}

/// Follow the feed
///
/// With `Accept: text/event-stream`, unless JSON is preferred, a stream: `hello`, whose `api_version` is the header's,
/// then every event after the cursor in order, `bye` before an intended end, `reset` when the cursor can't be resumed.
/// A trainer's stream also has `presence-changed` without an id: which of their athletes are online, right after `hello` and
/// with each change; offline, 20 seconds after the last stream or poll has ended.
/// Otherwise a page of the events after the cursor; with `wait`, the response waits until there is an event. One
/// person has 20 streams and 20 waiting polls at once; then 429.
#[utoipa::path(get, path = "/v1/feed", tag = "feed",
    params(("after" = Option<Cursor>, Query, description = "The last cursor seen; needed to poll"),
           ("wait" = Option<u32>, Query, description = "Seconds to hold a poll open, 0 to 25"),
           ("Last-Event-ID" = Option<Cursor>, Header, description = "The last cursor seen; overrides `after`")),
    responses((status = 200, description = "A stream, or a page", content(
        (FeedPage = "application/json"), (String = "text/event-stream")))))]
pub(crate) async fn feed(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(query): Params<FeedQuery>,
    handover: Option<Extension<Handover>>,
    permit: Option<Extension<Permit>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let representation = negotiate(&headers).ok_or(ApiError::new(ProblemCode::NotAcceptable))?;
    let last_seen = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?"));
    let text = last_seen.filter(|text| !text.is_empty()).or(query.after.as_deref());
    match representation {
        Representation::Stream => {
            // An unreadable cursor can't be resumed either; it gets a `reset` and not an error.
            let unreadable = Cursor { epoch: String::new(), seq: 0 };
            let cursor = text.map(|text| text.parse().unwrap_or(unreadable));
            let messages = feed::open(app, caller, cursor).await?;
            let headers = [
                (CONTENT_TYPE, STREAM),
                (CACHE_CONTROL, NO_STORE),
                (HeaderName::from_static("x-accel-buffering"), "no"),
                // After the stream, the connection is not used again.
                (CONNECTION, "close"),
            ];
            let body = LiveBody::new(messages, handover.map(|Extension(handover)| handover));
            Ok((headers, Body::new(body)).into_response())
        }
        Representation::Page => {
            let text = text.ok_or(invalid("a poll needs a cursor, as `after`"))?;
            let read = |text: &str| text.parse::<Cursor>().map_err(|_| invalid("`after` is not a cursor"));
            // One that is overridden must be a cursor as well.
            query.after.as_deref().map(read).transpose()?;
            let cursor = read(text)?;
            let wait = query.wait.unwrap_or(0);
            if wait > MAX_WAIT_S {
                return Err(invalid("`wait` must be 0 to 25 seconds"));
            }
            let page = feed::poll(app, caller, cursor, Duration::from_secs(wait.into()), permit.as_deref()).await?;
            Ok(([(CONTENT_TYPE, JSON)], page).into_response())
        }
    }
}

/// The representations of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation {
    Stream,
    Page,
}

/// The representation that the client prefers; the stream if it names it (also as `text/*`) with an equal weight.
pub(crate) fn negotiate(headers: &HeaderMap) -> Option<Representation> {
    let values: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if values.is_empty() {
        return Some(Representation::Page);
    }
    let ranges: Vec<(&str, f32)> =
        values.iter().flat_map(|value| value.split(',')).filter_map(parse_weighted).collect();
    // The most specific range that covers a form determines its weight (RFC 9110, section 12.5.1).
    let weight = |covering: &[&str]| {
        let weight_of = |wanted: &&str| ranges.iter().find(|(range, _)| range.eq_ignore_ascii_case(wanted));
        covering.iter().find_map(weight_of).map_or(0.0, |(_, weight)| *weight)
    };
    // A client that accepts anything can't be expected to understand a stream.
    let (stream, page) = (weight(&[STREAM, "text/*"]), weight(&[JSON, "application/*", "*/*"]));
    if stream > 0.0 && stream >= page {
        Some(Representation::Stream)
    } else {
        (page > 0.0).then_some(Representation::Page)
    }
}

fn invalid(detail: &str) -> ApiError {
    ApiError::new(ProblemCode::InvalidParameter).detail(detail)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_representation_follows_the_accept_header() {
        for (accept, representation) in [
            ("text/event-stream", Some(Representation::Stream)),
            ("text/event-stream, application/json;q=0.1", Some(Representation::Stream)),
            ("application/json", Some(Representation::Page)),
            ("*/*", Some(Representation::Page)),
            ("text/event-stream;q=0, application/json", Some(Representation::Page)),
            ("text/event-stream;q=0.5, application/json", Some(Representation::Page)),
            ("text/event-stream, */*", Some(Representation::Stream)),
            ("application/json;Q=0, */*", None),
            ("application/json;q=0, text/event-stream;q=0.001", Some(Representation::Stream)),
            ("text/html", None),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(negotiate(&headers), representation, "{accept}");
        }
        assert_eq!(negotiate(&HeaderMap::new()), Some(Representation::Page));
    }
}
