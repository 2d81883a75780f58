//! Telling a Ringside server's answer from everything else that may answer in its place.

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use training::Problem;
use training::wire::API_VERSION;

use crate::failure::ApiError;

/// The response header with the version of the wire contract, sent with every answer.
const API_VERSION_HEADER: &str = "ringside-api-version";

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
    if is_problem && let Ok(problem) = serde_json::from_slice::<Problem>(&body_of(response).await?) {
        return Err(ApiError::Refused { problem: Box::new(problem), retry_after_s });
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

/// The parsed body of a success.
pub(crate) async fn json<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    let body = body_of(checked(response).await?).await?;
    // It claims our version but can't be parsed: it is not quite our version.
    serde_json::from_slice(&body).map_err(|_| ApiError::Unreadable)
}

/// The whole body. A truncated body is a network failure, which reqwest's own error does not distinguish from one that
/// can't be parsed.
pub(crate) async fn body_of(response: Response) -> Result<Vec<u8>, ApiError> {
    match response.bytes().await {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) if error.is_timeout() => Err(ApiError::NoAnswer),
        Err(error) => Err(ApiError::Unreachable(error.without_url().into())),
    }
}

/// The whole body, which may have at most `most` bytes: no answer fills the memory.
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
fn retry_after_s(headers: &HeaderMap) -> Option<u32> {
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
    use super::*;

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
