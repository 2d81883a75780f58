//! A request being built.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use serde::Serialize;
use url::Url;

use super::Token;

/// See the module.
pub(crate) struct ApiRequest(Request);

impl ApiRequest {
    /// A request without a time limit.
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self(Request::new(method, url))
    }

    /// Limits the time until the whole answer has arrived.
    pub(crate) fn within(mut self, time: Duration) -> Self {
        *self.0.timeout_mut() = Some(time);
        self
    }

    pub(crate) fn json(self, body: &impl Serialize) -> Self {
        self.json_text(serde_json::to_vec(body).expect("what we send can be written as JSON"))
    }

    /// Adds a body that is already JSON.
    pub(crate) fn json_text(self, text: Vec<u8>) -> Self {
        let mut request = self.header(CONTENT_TYPE, "application/json");
        *request.0.body_mut() = Some(text.into());
        request
    }

    /// Adds a body of this media type.
    pub(crate) fn bytes(self, media_type: &str, bytes: Vec<u8>) -> Self {
        let mut request = self.header(CONTENT_TYPE, media_type);
        *request.0.body_mut() = Some(bytes.into());
        request
    }

    /// Adds a header of ours. `value` is plain ASCII text.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("the headers we send are plain text");
        self.0.headers_mut().insert(name, value);
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.0.url_mut().query_pairs_mut().append_pair(name, value);
        self
    }

    /// Authorises the request with `token`. A server may issue anything as a token.
    pub(crate) fn bearer(mut self, token: &Token) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.as_str())) {
            value.set_sensitive(true);
            self.0.headers_mut().insert(AUTHORIZATION, value);
        }
        self
    }

    pub(super) fn into_request(self) -> Request {
        self.0
    }
}
