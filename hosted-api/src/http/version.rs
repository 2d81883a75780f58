//! `If-Match` and `ETag`: the version of an entity.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use training::ProblemCode;

use super::ApiError;

/// The version a change is based on, if given. Parsed by the handler, after the caller is authenticated.
pub(crate) struct IfMatch(Option<HeaderValue>);

const FORMAT_HINT: &str = "If-Match is the entity's version in quotes, such as \"3\"";

impl IfMatch {
    /// Whether one is given at all.
    pub(crate) fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// The version.
    pub(crate) fn version(&self) -> Result<u64, ApiError> {
        let value = self.0.as_ref().ok_or_else(|| ApiError::new(ProblemCode::VersionMissing).detail(FORMAT_HINT))?;
        // A tag that we never issued matches nothing; the detail tells its author why.
        let unknown = || ApiError::new(ProblemCode::VersionMismatch).detail(FORMAT_HINT);
        value.to_str().ok().and_then(version).ok_or_else(unknown)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.get(IF_MATCH).cloned()))
    }
}

/// The tag of a version.
pub(crate) fn etag(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// The version in one of our tags. Tags are compared as text, not as numbers.
pub(crate) fn version(tag: &str) -> Option<u64> {
    let version = tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok()?;
    (etag(version) == tag.trim()).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_quoted_version() {
        assert_eq!(version("\"7\""), Some(7));
        for tag in ["7", "*", "W/\"7\"", "\"\"", "\"x\"", "\"07\"", "\"+7\"", "\""] {
            assert_eq!(version(tag), None, "{tag:?}");
        }
    }
}
