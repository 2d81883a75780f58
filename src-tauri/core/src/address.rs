//! The address of a server, as a person may type it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The address of a server: `https`, or `http` on this machine itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerUrl(Url);

/// Why a text is not the address of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Not an address at all.
    #[error("a server address looks like https://ringside.example")]
    Invalid,
    /// Passwords and training data would travel readable by everybody on the way.
    #[error("a server on another machine needs https")]
    Insecure,
}

impl ServerUrl {
    /// Whether it is spoken to without encryption, which only this machine itself is.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// The address of `path` on this server; `path` starts with a slash.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url
    }
}

impl FromStr for ServerUrl {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        let complete = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&complete).map_err(|_| BadAddress::Invalid)?;
        let here = match url.host() {
            None => return Err(BadAddress::Invalid),
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
        };
        let plain =
            url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        match url.scheme() {
            _ if !plain => Err(BadAddress::Invalid),
            "https" => Ok(Self(url)),
            "http" if here => Ok(Self(url)),
            "http" => Err(BadAddress::Insecure),
            _ => Err(BadAddress::Invalid),
        }
    }
}

impl TryFrom<String> for ServerUrl {
    type Error = BadAddress;

    fn try_from(text: String) -> Result<Self, BadAddress> {
        text.parse()
    }
}

impl From<ServerUrl> for String {
    fn from(server: ServerUrl) -> Self {
        server.to_string()
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_scheme_uses_https() {
        let server: ServerUrl = " ringside.example ".parse().expect("an address");
        assert_eq!(server.to_string(), "https://ringside.example");
        assert_eq!(server.at("/v1/me").as_str(), "https://ringside.example/v1/me");
    }

    #[test]
    fn a_server_address_keeps_its_path() {
        let server: ServerUrl = "https://studio.example/ringside/".parse().expect("an address");
        assert_eq!(server.at("/v1/me").as_str(), "https://studio.example/ringside/v1/me");
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for here in ["http://127.0.0.1:8787", "http://localhost:1", "http://[::1]:8787"] {
            assert!(here.parse::<ServerUrl>().is_ok(), "{here}");
        }
        assert_eq!("http://ringside.example".parse::<ServerUrl>(), Err(BadAddress::Insecure));
    }

    #[test]
    fn an_invalid_address_is_refused() {
        for text in
            ["", " ", "ftp://a.example", "https://", "https://u:p@a.example", "https://a.example/?q", "file:///a"]
        {
            assert_eq!(text.parse::<ServerUrl>(), Err(BadAddress::Invalid), "{text:?}");
        }
    }
}
