//! The name of a profile. It names a directory and a keyring entry, and is part of the application's identifier.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A profile's name: one signed-in account on this machine. 1 to 40 of `a–z`, `0–9`, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Profile(String);

impl Profile {
    /// The profile of a kiosk's lobby, which nobody is ever signed in on. Its name is stored, so it never changes.
    pub fn of_kiosk() -> Self {
        Self("studio-machine".to_owned())
    }

    /// The name under which the server lists a sign-in on this machine.
    pub(crate) fn device_name(&self) -> String {
        format!("{self} ({})", std::env::consts::OS)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a valid profile name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a profile name consists of 1 to 40 of the characters a-z, 0-9, - and _")]
pub struct NotAProfile;

impl TryFrom<String> for Profile {
    type Error = NotAProfile;

    fn try_from(text: String) -> Result<Self, NotAProfile> {
        text.parse()
    }
}

impl From<Profile> for String {
    fn from(profile: Profile) -> Self {
        profile.0
    }
}

impl FromStr for Profile {
    type Err = NotAProfile;

    fn from_str(text: &str) -> Result<Self, NotAProfile> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if (1..=40).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAProfile)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_kiosk_s_own_profile_never_changes() {
        // It names a directory, a keyring entry and a device on the server.
        assert_eq!(Profile::of_kiosk().as_str(), "studio-machine");
    }

    #[test]
    fn a_profile_s_name_can_t_leave_its_directory() {
        for name in ["", "..", "a/b", "a\\b", "Ä", "A", &"a".repeat(41)] {
            assert_eq!(name.parse::<Profile>(), Err(NotAProfile), "{name:?}");
        }
        assert_eq!("studio-1_b".parse(), Ok(Profile("studio-1_b".to_owned())));
    }
}
