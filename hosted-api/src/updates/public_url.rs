//! A server's public address, which it can't know by itself because it runs behind a proxy that terminates TLS.

use std::net::SocketAddr;
use std::str::FromStr;

use url::form_urlencoded::byte_serialize;
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

    /// The address of a server that listens here, for want of a better one.
    ///
    /// # Errors
    /// [`BadPublicUrl`] when the address is none a URL can have.
    pub fn of_address(address: SocketAddr) -> Result<Self, BadPublicUrl> {
        Self::of_host(&address.to_string()).ok_or(BadPublicUrl)
    }

    /// Where its server is reached.
    pub(crate) fn host_and_port(&self) -> String {
        let port = self.0.port_or_known_default().unwrap_or(443);
        format!("{}:{port}", self.0.host_str().unwrap_or_default())
    }

    /// Whether it is below the root of its host.
    pub(crate) fn has_path(&self) -> bool {
        self.0.path() != "/"
    }

    /// The root of its host.
    pub(crate) fn without_path(&self) -> Self {
        let mut url = self.0.clone();
        url.set_path("");
        Self(url)
    }

    /// The page that an invitation leads to. The code is in the fragment, which no browser sends and no log has.
    pub(crate) fn join_link(&self, code: &str) -> String {
        let mut url = self.at(&["join"]);
        url.set_fragment(Some(code));
        url.to_string()
    }

    /// What opens the application with an invitation.
    pub(crate) fn claim_link(&self, code: &str) -> String {
        let server: String = byte_serialize(self.as_str().as_bytes()).collect();
        format!("ringside://claim/{code}?server={server}")
    }

    /// The address without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
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
    fn links_of_an_invitation_keep_the_code_out_of_requests() {
        for (text, link, server) in [
            ("https://ringside.example", "https://ringside.example/join#A-B", "https%3A%2F%2Fringside.example"),
            ("https://example.org/r/", "https://example.org/r/join#A-B", "https%3A%2F%2Fexample.org%2Fr"),
        ] {
            let url: PublicUrl = text.parse().expect("an address");
            assert_eq!(url.join_link("A-B"), link);
            assert_eq!(url.claim_link("A-B"), format!("ringside://claim/A-B?server={server}"));
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
