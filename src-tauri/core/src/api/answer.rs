//! Telling a Ringside server's answer from everything else that may answer in its place.

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use training::Problem;
use training::wire::API_VERSION;

use crate::failure::ApiError;

/// The response header with the version of the wire contract, sent with every answer.
const API_VERSION_HEADER: &str = "ringside-api-version";
/// The most bytes of a problem document. The largest is one that names every invalid field of a request.
const MAX_PROBLEM_BYTES: u64 = 64 * 1024;
/// The most bytes of an answer about one thing. The largest is a round of fifty exercises whose notes are all as long as
/// they may be.
const MAX_ONE_BYTES: u64 = 4 * 1024 * 1024;
/// The most bytes of an answer that holds much: a list, a page of the feed, a whole session, a snapshot. The largest is a
/// snapshot with as many exercises, templates, notes and weights as there may be, and twenty ended sessions that were
/// planned to their limit.
const MAX_MANY_BYTES: u64 = 128 * 1024 * 1024;

/// Returns the response if it is a success from a server that speaks our version.
pub(crate) async fn checked(response: Response) -> Result<Response, ApiError> {
    let status = response.status();
    let ours = response.headers().get(API_VERSION_HEADER).map(|version| version == API_VERSION);
    match ours {
        Some(false) => return Err(ApiError::OtherVersion),
        // The page of a captive portal, or another web server.
        None if status.is_success() || status.is_redirection() => return Err(ApiError::NotRingside),
        _ if status.is_success() => return Ok(response),
        _ => {}
    }
    let retry_after_s = retry_after_s(response.headers());
    let is_problem = content_type(response.headers()).is_some_and(|kind| kind.starts_with("application/problem+json"));
    if is_problem && let Some(problem) = problem(response).await? {
        return Err(ApiError::Refused { problem, retry_after_s });
    }
    let is_temporary =
        matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS);
    if ours.is_some() || status.is_server_error() || is_temporary {
        return Err(ApiError::ServerError { status: status.as_u16(), retry_after_s });
    }
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Err(ApiError::ProxySignIn);
    }
    if status.is_client_error() {
        return Err(ApiError::Intermediary { status: status.as_u16(), retry_after_s });
    }
    Err(ApiError::NotRingside)
}

/// The error for a response that should have been a stream and is not.
pub(crate) async fn no_stream(response: Response) -> ApiError {
    match checked(response).await {
        // A success from our server: an intermediary has replaced the body.
        Ok(_) => ApiError::NotRingside,
        Err(error) => error,
    }
}

/// The parsed body of a success that is about one thing.
pub(crate) async fn json<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    parsed(&body_within(checked(response).await?, MAX_ONE_BYTES).await?)
}

/// The parsed body of a success that may hold much: a list, a page of the feed, a whole session, a snapshot.
pub(crate) async fn json_of_many<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    parsed(&body_within(checked(response).await?, MAX_MANY_BYTES).await?)
}

/// The body of the answer to an act. `None` if it is larger than it may be: the act is done all the same.
pub(crate) async fn body_of_act(response: Response) -> Result<Option<Vec<u8>>, ApiError> {
    match body_within(response, MAX_MANY_BYTES).await {
        Ok(body) => Ok(Some(body)),
        Err(ApiError::TooLarge) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The problem document in a body, if it is one.
async fn problem(response: Response) -> Result<Option<Box<Problem>>, ApiError> {
    match body_within(response, MAX_PROBLEM_BYTES).await {
        Ok(body) => Ok(serde_json::from_slice(&body).ok()),
        Err(ApiError::TooLarge) => Ok(None),
        Err(error) => Err(error),
    }
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // It claims our version but can't be parsed: it is not quite our version.
    serde_json::from_slice(body).map_err(|_| ApiError::Unreadable)
}

/// The whole body, which may have at most `most` bytes: no answer fills the memory. A truncated body is a network failure,
/// which reqwest's own error does not distinguish from one that can't be parsed.
pub(crate) async fn body_within(mut response: Response, most: u64) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if (body.len() + chunk.len()) as u64 <= most => body.extend_from_slice(&chunk),
            Ok(Some(_too_much)) => return Err(ApiError::TooLarge),
            Ok(None) => return Ok(body),
            Err(error) if error.is_timeout() => return Err(ApiError::NoAnswer),
            Err(error) => return Err(ApiError::Unreachable(error.without_url().into())),
        }
    }
}

/// `Retry-After` in seconds, given as such or as a date, which is compared with the response's own `Date`: this
/// machine's clock may be wrong.
pub(crate) fn retry_after_s(headers: &HeaderMap) -> Option<u32> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    // An HTTP date is one of RFC 2822.
    let date = |text: &str| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let now = date(headers.get(DATE)?.to_str().ok()?)?;
    u32::try_from(date(text)?.duration_since(now).as_secs().max(0)).ok()
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use reqwest::Body;
    use serde_json::Value;

    use super::*;

    const PIECE_BYTES: usize = 64 * 1024;

    /// An answer of our server whose body never ends, and how much of it was read.
    fn endless(status: u16, content_type: &str) -> (Response, Arc<AtomicU64>) {
        let read = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&read);
        let pieces = futures_util::stream::repeat_with(move || {
            counted.fetch_add(PIECE_BYTES as u64, Ordering::Relaxed);
            Ok::<_, std::io::Error>(vec![b' '; PIECE_BYTES])
        });
        let answer = http::Response::builder().status(status).header(API_VERSION_HEADER, API_VERSION);
        let answer = answer.header(CONTENT_TYPE, content_type).body(Body::wrap_stream(pieces)).expect("an answer");
        (answer.into(), read)
    }

    /// Whether no more was read than the limit, and the piece that exceeds it.
    fn is_within(read: &AtomicU64, most: u64) -> bool {
        read.load(Ordering::Relaxed) <= most + PIECE_BYTES as u64
    }

    #[tokio::test]
    async fn an_endless_answer_about_one_thing_is_too_large() {
        let (answer, read) = endless(200, "application/json");
        assert!(matches!(json::<Value>(answer).await, Err(ApiError::TooLarge)));
        assert!(is_within(&read, MAX_ONE_BYTES));
    }

    #[tokio::test]
    async fn an_endless_list_is_too_large() {
        let (answer, read) = endless(200, "application/json");
        assert!(matches!(json_of_many::<Value>(answer).await, Err(ApiError::TooLarge)));
        assert!(is_within(&read, MAX_MANY_BYTES));
    }

    #[tokio::test]
    async fn an_act_with_an_endless_answer_is_done() {
        let (answer, read) = endless(200, "application/json");
        assert!(matches!(body_of_act(answer).await, Ok(None)));
        assert!(is_within(&read, MAX_MANY_BYTES));
    }

    #[tokio::test]
    async fn an_endless_problem_document_is_an_error_of_the_server() {
        let (answer, read) = endless(503, "application/problem+json");
        assert!(matches!(checked(answer).await, Err(ApiError::ServerError { status: 503, .. })));
        assert!(is_within(&read, MAX_PROBLEM_BYTES));
    }

    #[tokio::test]
    async fn an_endless_page_instead_of_a_stream_is_not_read() {
        let (answer, read) = endless(200, "text/html");
        assert!(matches!(no_stream(answer).await, ApiError::NotRingside));
        assert!(is_within(&read, 0));
    }

    fn after(retry_after: &'static str, date: Option<&'static str>) -> Option<u32> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().expect("a header value"));
        if let Some(date) = date {
            headers.insert(DATE, date.parse().expect("a header value"));
        }
        retry_after_s(&headers)
    }

    #[test]
    fn retry_after_may_be_seconds_or_a_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(after("7", None), Some(7));
        assert_eq!(after("Sun, 06 Nov 1994 08:50:07 GMT", date), Some(30));
        assert_eq!(after("Sun, 06 Nov 1994 08:49:07 GMT", date), Some(0), "it has passed");
        assert_eq!(after("Sun, 06 Nov 1994 08:50:07 GMT", None), None, "compared with what?");
        assert_eq!(after("soon", date), None);
    }
}
