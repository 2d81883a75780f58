//! Telling a Ringside server's answer from everything else that may answer in its place.

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use training::Problem;
use training::wire::API_VERSION;

use crate::failure::ApiError;

/// Names the version of the wire contract in every answer.
const API_VERSION_HEADER: &str = "ringside-api-version";

/// The answer, if it is a success of a server that speaks our version.
pub(crate) async fn checked(response: Response) -> Result<Response, ApiError> {
    let status = response.status();
    let ours = response.headers().get(API_VERSION_HEADER).map(|version| version == API_VERSION);
    match ours {
        Some(false) => return Err(ApiError::OtherVersion),
        // A captive portal's page or another web server, answering happily.
        None if status.is_success() || status.is_redirection() => return Err(ApiError::NotRingside),
        _ if status.is_success() => return Ok(response),
        _ => {}
    }
    let retry_after_s = retry_after_s(response.headers());
    let is_problem = content_type(response.headers()).is_some_and(|kind| kind.starts_with("application/problem+json"));
    if is_problem && let Ok(problem) = serde_json::from_slice::<Problem>(&body_of(response).await?) {
        return Err(ApiError::Refused { problem: Box::new(problem), retry_after_s });
    }
    // Also a problem of ours that this version has no word for.
    if ours.is_some() || status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(ApiError::ServerError { status: status.as_u16(), retry_after_s });
    }
    Err(ApiError::NotRingside)
}

/// What an answer means that is to be a stream and is none.
pub(crate) async fn no_stream(response: Response) -> ApiError {
    match checked(response).await {
        // A success of ours: something on the way has replaced the body.
        Ok(_) => ApiError::NotRingside,
        Err(error) => error,
    }
}

/// The body of a success.
pub(crate) async fn json<T: DeserializeOwned>(response: Response) -> Result<T, ApiError> {
    let body = body_of(checked(response).await?).await?;
    // It names our version and says something we can't read: it is not quite our version.
    serde_json::from_slice(&body).map_err(|_| ApiError::Unreadable)
}

/// The whole body. One that is cut is the network's doing, which reqwest's own error does not tell from one that can't be
/// read.
pub(crate) async fn body_of(response: Response) -> Result<Vec<u8>, ApiError> {
    match response.bytes().await {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) if error.is_timeout() => Err(ApiError::NoAnswer),
        Err(error) => Err(ApiError::Unreachable(error.without_url().into())),
    }
}

/// `Retry-After` in seconds; the form with a date is for caches and not used by our server.
fn retry_after_s(headers: &HeaderMap) -> Option<u32> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok()
}
