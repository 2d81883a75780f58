//! The boundary: the outermost middleware, which every request and response passes.
//!
//! It assigns the request id, opens the log span, checks `Host`, enforces the time limit, catches panics, writes the
//! problem document of an error, sets the headers that every answer has, logs once and counts. It never logs a token, an
//! address, a name or a body.

use std::any::Any;
use std::collections::HashSet;
use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tracing::Instrument;
use training::ProblemCode;
use training::wire::API_VERSION;

use super::error::ApiError;
use super::{host, request_id};
use crate::app::App;

/// The version of the wire contract, so that a client can tell us from anything else that answers.
const API_VERSION_HEADER: (HeaderName, HeaderValue) =
    (HeaderName::from_static("ringside-api-version"), HeaderValue::from_static(API_VERSION));

/// `Cache-Control` of what is one caller's or of this moment: nothing on the way keeps it, and nothing holds it back to
/// compress or rewrite it (RFC 9111, section 5.2.2.6). A proxy that does so delays the events of a stream.
pub(crate) const NO_STORE: &str = "no-store, no-transform";

/// What a browser must not do with an answer that it was lured into loading. A page has a policy of its own.
const SECURITY_HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
];

/// The middleware; see the module.
pub(crate) async fn boundary(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id::of(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", %id, %method, route);
    let checked = host::check(request.version(), request.headers());
    let answering = async {
        match checked {
            Ok(()) => next.run(request).await,
            Err(error) => error.into_response(),
        }
    };
    let answering = AssertUnwindSafe(answering).catch_unwind().instrument(span.clone());
    let response = match tokio::time::timeout(app.timing.response_timeout, answering).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => ApiError::internal(Panic::of(panic.as_ref())).into_response(),
        Err(_elapsed) => ApiError::new(ProblemCode::Timeout).into_response(),
    };
    let response = span.in_scope(|| finish_response(response, &id, started.elapsed()));
    app.metrics.answered(&method, &route, response.status(), started.elapsed());
    response
}

/// Refuses query parameters that the endpoint does not have: a misspelled filter must not seem to work.
pub(crate) async fn refuse_unknown_parameters(
    State(known): State<Arc<HashSet<String>>>,
    request: Request,
    next: Next,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let unknown = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split('=').next().unwrap_or(pair))
        .find(|name| !known.contains(*name));
    match unknown {
        None => next.run(request).await,
        Some(_) => {
            ApiError::new(ProblemCode::InvalidParameter).detail("a query parameter is unknown here").into_response()
        }
    }
}

fn finish_response(mut response: Response, id: &str, took: Duration) -> Response {
    let error = response.extensions_mut().remove::<ApiError>();
    let status = response.status();
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match &error {
        Some(ApiError { cause: Some(cause), code, .. }) => {
            let cause: &(dyn Error + 'static) = cause.as_ref();
            tracing::error!(status = status.as_u16(), code = code.as_str(), error = cause, took_ms, "failed");
        }
        Some(ApiError { code, .. }) => {
            tracing::info!(status = status.as_u16(), code = code.as_str(), took_ms, "refused");
        }
        None => tracing::info!(status = status.as_u16(), took_ms, "answered"),
    }
    if let Some(error) = error {
        response = problem_response(&response, error, id);
    }
    let headers = response.headers_mut();
    headers.insert(request_id::HEADER, request_id::header(id));
    headers.insert(API_VERSION_HEADER.0, API_VERSION_HEADER.1);
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(NO_STORE));
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The problem document of an error, with the headers of its bare response (such as `Allow`).
fn problem_response(bare: &Response, error: ApiError, id: &str) -> Response {
    let (status, retry_after_s) = (error.status(), error.retry_after_s());
    let mut response = (status, bare.headers().clone(), Json(error.problem(id))).into_response();
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A bug of ours that ended a request.
#[derive(Debug, thiserror::Error)]
#[error("a request panicked: {0}")]
struct Panic(String);

impl Panic {
    fn of(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
        Self(text.unwrap_or("without a message").to_owned())
    }
}
