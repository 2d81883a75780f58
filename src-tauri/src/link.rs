//! Links that open the application at the right place: `ringside://session/ID` leads to a waiting session (`join` is its
//! older name), `ringside://claim/CODE?server=URL` is an invitation to set a password. So is the page that an invitation
//! leads to, `https://SERVER/join#CODE`, for whoever passes it on to the application instead of a browser.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use ringside_core::bridge::{Message, OpenedLink};
use tauri::{AppHandle, Manager};
use url::{Url, form_urlencoded};

use crate::{events, window};

/// The longest code that is accepted.
const MAX_CODE_LENGTH: usize = 64;
/// The longest address of a server that is accepted.
const MAX_SERVER_LENGTH: usize = 500;

/// A link to this application, and what it opens.
#[derive(Clone)]
pub(crate) struct Link(OpenedLink);

/// The text is not a link to this application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a link to Ringside begins with ringside:, or is that of an invitation, https://…/join#…")]
pub(crate) struct InvalidLink;

impl FromStr for Link {
    type Err = InvalidLink;

    /// Anything with our scheme is a link, even if the rest is invalid: somebody clicked on it, and the window tells
    /// them.
    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        if let Some((code, server)) = page_of_invitation(text) {
            return Ok(Self(invitation(code, Some(server)).unwrap_or(OpenedLink::Unreadable)));
        }
        let scheme = text.get(.."ringside:".len()).filter(|scheme| scheme.eq_ignore_ascii_case("ringside:"));
        let rest = scheme.and_then(|scheme| text.get(scheme.len()..)).ok_or(InvalidLink)?;
        Ok(Self(opened(rest).unwrap_or(OpenedLink::Unreadable)))
    }
}

/// What the part of a link after its scheme opens, if it is a valid one.
fn opened(rest: &str) -> Option<OpenedLink> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (what, code) = path.trim_start_matches('/').trim_end_matches('/').split_once('/')?;
    match what.to_ascii_lowercase().as_str() {
        "session" | "join" => code.parse().ok().map(|session_id| OpenedLink::Session { session_id }),
        "claim" => {
            let server = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "server");
            invitation(code, server.map(|(_, server)| server.into_owned()))
        }
        _ => None,
    }
}

/// The code and the server in the address of the page that an invitation leads to, if it is one.
fn page_of_invitation(text: &str) -> Option<(&str, String)> {
    let (_, code) = text.split_once('#')?;
    let page = Url::parse(text).ok().filter(|page| matches!(page.scheme(), "https" | "http"))?;
    let prefix = page.path().trim_end_matches('/').strip_suffix("/join")?;
    Some((code, format!("{}{prefix}", page.origin().ascii_serialization())))
}

/// An invitation, if code and server are such as one may have.
fn invitation(code: &str, server: Option<String>) -> Option<OpenedLink> {
    let is_code = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_valid = !code.is_empty() && code.len() <= MAX_CODE_LENGTH && code.bytes().all(is_code);
    let is_too_long = server.as_ref().is_some_and(|server| server.len() > MAX_SERVER_LENGTH);
    (is_valid && !is_too_long).then(|| OpenedLink::Invitation { code: code.to_owned(), server })
}

/// The pending link: the window may not be open yet when it arrives.
#[derive(Default)]
pub(crate) struct PendingLink(Mutex<Option<OpenedLink>>);

impl PendingLink {
    /// Takes it, once.
    pub(crate) fn take(&self) -> Option<OpenedLink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Opens a link in the window called `label`.
pub(crate) fn open(app: &AppHandle, label: &str, link: Link) {
    *app.state::<PendingLink>().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link.0);
    window::bring_to_front(app, label);
    events::emit(app, label, &Message::LinkOpened);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "01a3185c-505f-77a2-8f6d-4747a66c04aa";

    fn opened(text: &str) -> OpenedLink {
        text.parse::<Link>().expect("it has our scheme").0
    }

    #[test]
    fn a_link_to_a_session_has_its_id() {
        for start in ["ringside://session/", "ringside://join/", "ringside:session/", "RINGSIDE://Session/"] {
            let link = opened(&format!("{start}{SESSION}/"));
            assert!(matches!(link, OpenedLink::Session { session_id } if session_id.to_string() == SESSION), "{start}");
        }
    }

    #[test]
    fn an_invitation_has_a_code_and_perhaps_a_server() {
        let invitation = |code: &str, server: Option<&str>| OpenedLink::Invitation {
            code: code.to_owned(),
            server: server.map(str::to_owned),
        };
        assert!(opened("ringside://claim/AB12-CD34") == invitation("AB12-CD34", None));
        let with_server = "ringside://claim/AB12?server=https%3A%2F%2Fringside.example%3A8443";
        assert!(opened(with_server) == invitation("AB12", Some("https://ringside.example:8443")));
        // Some systems add a slash after the path.
        assert!(
            opened("ringside://claim/AB12/?server=https://a.example") == invitation("AB12", Some("https://a.example"))
        );
    }

    #[test]
    fn the_page_of_an_invitation_is_one_too() {
        for (text, server) in [
            ("https://ringside.example/join#AB12-CD34", "https://ringside.example"),
            ("HTTPS://Ringside.example:8443/join/#AB12-CD34", "https://ringside.example:8443"),
            ("http://127.0.0.1:8787/studio/join#AB12-CD34", "http://127.0.0.1:8787/studio"),
        ] {
            let expected = OpenedLink::Invitation { code: "AB12-CD34".to_owned(), server: Some(server.to_owned()) };
            assert!(opened(text) == expected, "{text}");
        }
        for text in ["https://ringside.example/join#", "https://ringside.example/join#a%20b"] {
            assert!(opened(text) == OpenedLink::Unreadable, "{text}");
        }
        // A server's own address is none: a restart keeps it among its arguments.
        for text in ["https://ringside.example", "https://ringside.example/join", "https://a.example/x#AB12"] {
            assert_eq!(text.parse::<Link>().err(), Some(InvalidLink), "{text}");
        }
    }

    #[test]
    fn anything_else_with_the_scheme_is_unreadable() {
        let long = format!("ringside://claim/{}", "a".repeat(65));
        let long_server = format!("ringside://claim/a?server={}", "a".repeat(501));
        for text in [
            "ringside://",
            "ringside://leave/a1",
            "ringside://join/",
            "ringside://join/a1",
            "ringside://claim/../../x",
            "ringside://claim/a b",
            &long,
            &long_server,
        ] {
            assert!(opened(text) == OpenedLink::Unreadable, "{text}");
        }
    }

    #[test]
    fn a_text_without_the_scheme_is_no_link() {
        for text in ["", "https://join/a1", "ringsid", "ä"] {
            assert_eq!(text.parse::<Link>().err(), Some(InvalidLink), "{text}");
        }
    }
}
