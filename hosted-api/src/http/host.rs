//! `Host`: exactly one, and a valid one (RFC 9112, section 3.2). Two would be read differently by a proxy and by us.

use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Version};
use training::ProblemCode;

use super::ApiError;

/// Refuses a request whose `Host` is missing, given twice or not a host. HTTP/1.0 has none; a health check may still use
/// it.
pub(crate) fn check(version: Version, headers: &HeaderMap) -> Result<(), ApiError> {
    let mut hosts = headers.get_all(HOST).iter();
    let is_good = match (hosts.next(), hosts.next()) {
        (None, _) => version <= Version::HTTP_10,
        (Some(host), None) => {
            let authority = Authority::try_from(host.as_bytes());
            authority.is_ok_and(|authority| !authority.host().is_empty() && !authority.as_str().contains('@'))
        }
        (Some(_), Some(_)) => false,
    };
    if is_good {
        Ok(())
    } else {
        Err(ApiError::new(ProblemCode::InvalidParameter).detail("Host must be given once and name a host"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_valid_host_is_accepted() {
        for (version, hosts, expected) in [
            (Version::HTTP_11, &["ringside.example"] as &[&str], true),
            (Version::HTTP_11, &["ringside.example:8787"], true),
            (Version::HTTP_11, &["[::1]:8787"], true),
            (Version::HTTP_10, &[], true),
            (Version::HTTP_11, &[], false),
            (Version::HTTP_11, &[""], false),
            (Version::HTTP_11, &["a", "a"], false),
            (Version::HTTP_10, &["a", "b"], false),
            (Version::HTTP_11, &["a/b"], false),
            (Version::HTTP_11, &["a@b"], false),
            (Version::HTTP_11, &["a, b"], false),
            (Version::HTTP_11, &[":80"], false),
        ] {
            let headers = hosts.iter().map(|host| (HOST, host.parse().expect("a value"))).collect();
            assert_eq!(check(version, &headers).is_ok(), expected, "{version:?} {hosts:?}");
        }
    }
}
