//! The id of a request: taken from the caller if it is harmless, generated otherwise.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries the id, in both directions.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request with these headers.
pub(crate) fn of(headers: &HeaderMap) -> String {
    let given = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_harmless(id));
    given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// The id as a header.
pub(crate) fn header(id: &str) -> HeaderValue {
    HeaderValue::from_str(id).unwrap_or(HeaderValue::from_static("unknown"))
}

/// The id goes into logs and answers, so it must not be able to inject anything there.
fn is_harmless(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_request_ids_are_kept_and_others_replaced() {
        for (given, kept) in [("click-42", true), ("a b", false), ("", false), ("<script>", false)] {
            let headers = HeaderMap::from_iter([(HEADER, header(given))]);
            assert_eq!(of(&headers) == given, kept, "{given:?}");
        }
    }
}
