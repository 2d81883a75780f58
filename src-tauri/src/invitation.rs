//! `ringside://join/CODE`: an invitation that opens the application at the right place.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use ringside_core::bridge::Message;
use tauri::{AppHandle, Manager};

use crate::{events, window};

/// The longest code that is accepted.
const MAX_CODE_LENGTH: usize = 64;

/// A link to this application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The code of an invitation. Empty when the link is not a valid one.
    code: String,
}

/// The text is not a link to this application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a link to Ringside begins with ringside:")]
pub(crate) struct InvalidLink;

impl FromStr for Link {
    type Err = InvalidLink;

    /// Anything with our scheme is a link, even if the rest is invalid: somebody clicked on it, and the window tells
    /// them.
    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let scheme = text.get(.."ringside:".len()).filter(|scheme| scheme.eq_ignore_ascii_case("ringside:"));
        let rest = scheme.and_then(|scheme| text.get(scheme.len()..)).ok_or(InvalidLink)?;
        let code = rest.trim_start_matches('/').strip_prefix("join/").unwrap_or_default().trim_end_matches('/');
        let is_code =
            code.len() <= MAX_CODE_LENGTH && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        Ok(Self { code: if is_code { code.to_owned() } else { String::new() } })
    }
}

/// The pending invitation: the window may not be open yet when it arrives.
#[derive(Default)]
pub(crate) struct PendingInvitation(Mutex<Option<String>>);

impl PendingInvitation {
    /// Takes it, once.
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Opens a link in the window called `label`.
pub(crate) fn open(app: &AppHandle, label: &str, link: Link) {
    *app.state::<PendingInvitation>().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link.code);
    window::bring_to_front(app, label);
    events::emit(app, label, &Message::Invited);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valid_link_has_a_code_and_an_invalid_one_has_none() {
        let code = |text: &str| text.parse::<Link>().map(|link| link.code);
        for text in ["ringside://join/a1-B2", "ringside:join/a1-B2", "RINGSIDE://join/a1-B2/"] {
            assert_eq!(code(text).as_deref(), Ok("a1-B2"), "{text}");
        }
        let long = format!("ringside://join/{}", "a".repeat(65));
        for text in [
            "ringside://",
            "ringside://leave/a1",
            "ringside://join/",
            "ringside://join/../../x",
            "ringside://join/a b",
            &long,
        ] {
            assert_eq!(code(text).as_deref(), Ok(""), "{text}");
        }
        for text in ["", "https://join/a1", "ringsid", "ä"] {
            assert_eq!(code(text), Err(InvalidLink), "{text}");
        }
    }
}
