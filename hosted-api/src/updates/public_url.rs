//! A server's public address, which it can't know by itself because it runs behind a proxy that terminates TLS.

use std::str::FromStr;

use url::{Host, Url};

/// The address of a server: https, or http on this machine; optionally with a path prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// The text is not such an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a public address looks like https://ringside.example; http only leads to this machine")]
pub struct BadPublicUrl;

impl PublicUrl {
    /// The address at which a client that sent this `Host` reached the server.
    pub(crate) fn of_host(host: &str) -> Option<Self> {
        let url = Url::parse(&format!("http://{host}")).ok()?;
        // A host and perhaps a port, and nothing that would point elsewhere.
        is_plain(&url).filter(|url| url.path() == "/" && !host.ends_with('/')).map(Self)
    }

    /// The URL of a path, given as segments.
    pub(crate) fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        // An http URL always has path segments.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl FromStr for PublicUrl {
    type Err = BadPublicUrl;

    fn from_str(text: &str) -> Result<Self, BadPublicUrl> {
        let url = Url::parse(text).ok().and_then(|url| is_plain(&url)).ok_or(BadPublicUrl)?;
        let is_here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_here => Ok(Self(url)),
            _ => Err(BadPublicUrl),
        }
    }
}

/// The address, if it is nothing but scheme, host, port and path.
fn is_plain(url: &Url) -> Option<Url> {
    let has_no_credentials = url.username().is_empty() && url.password().is_none();
    (url.has_host() && has_no_credentials && url.query().is_none() && url.fragment().is_none()).then(|| url.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_urls_may_name_another_machine() {
        for (text, expected) in [
            ("https://ringside.example", Some("https://ringside.example/v1/x")),
            ("https://ringside.example:8443/", Some("https://ringside.example:8443/v1/x")),
            ("https://example.org/ringside", Some("https://example.org/ringside/v1/x")),
            ("https://example.org/ringside/", Some("https://example.org/ringside/v1/x")),
            ("http://127.0.0.1:8787", Some("http://127.0.0.1:8787/v1/x")),
            ("http://[::1]:8787", Some("http://[::1]:8787/v1/x")),
            ("http://localhost", Some("http://localhost/v1/x")),
            ("http://ringside.example", None),
            ("ftp://ringside.example", None),
            ("https://me@ringside.example", None),
            ("https://ringside.example?x", None),
            ("https://ringside.example#x", None),
            ("ringside.example", None),
            ("", None),
        ] {
            let url = text.parse::<PublicUrl>().ok().map(|url| url.at(&["v1", "x"]).to_string());
            assert_eq!(url.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_host_header_has_only_host_and_port() {
        for (host, expected) in [
            ("127.0.0.1:8787", Some("http://127.0.0.1:8787/a%20b")),
            ("ringside.example", Some("http://ringside.example/a%20b")),
            ("[::1]:1", Some("http://[::1]:1/a%20b")),
            ("", None),
            ("a/b", None),
            ("a/", None),
            ("me@a", None),
            ("a?b", None),
            ("a#b", None),
            ("a b", None),
        ] {
            let url = PublicUrl::of_host(host).map(|url| url.at(&["a b"]).to_string());
            assert_eq!(url.as_deref(), expected, "{host:?}");
        }
    }
}
