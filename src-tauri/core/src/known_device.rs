//! The token by which a server knows this profile's device again at the next sign-in.
//!
//! It opens nothing: with it, a sign-in does not wait behind those of strangers who guess at the same address.
//! Therefore it is a file and not in the keyring, which may be locked, and it outlives a sign-out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::address::ServerUrl;
use crate::files::{read, write_whole};
use crate::home::Home;
use crate::profile::Profile;

/// The device of one profile, as one server knows it. The profile is open, so no other process writes its file.
pub(crate) struct KnownDevice {
    file: PathBuf,
    server: String,
}

/// The tokens by server.
#[derive(Default, Serialize, Deserialize)]
struct Tokens {
    tokens: BTreeMap<String, String>,
}

impl KnownDevice {
    pub(crate) fn of(home: &Home, profile: &Profile, server: &ServerUrl) -> Self {
        Self { file: home.known_device(profile), server: server.to_string() }
    }

    /// The token that the server gave out last, if it did.
    pub(crate) fn token(&self) -> Option<String> {
        self.read().tokens.remove(&self.server)
    }

    /// Keeps the token that the server has given out. Without it the next sign-in works as well.
    pub(crate) fn store(&self, token: &str) {
        let mut stored = self.read();
        if stored.tokens.insert(self.server.clone(), token.to_owned()).as_deref() == Some(token) {
            return;
        }
        let written = serde_json::to_string(&stored).map_err(std::io::Error::other);
        if let Err(error) = written.and_then(|text| write_whole(&self.file, &text)) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the device token could not be written");
        }
    }

    fn read(&self) -> Tokens {
        let read = read::<Tokens>(&self.file);
        let read =
            read.inspect_err(|failure| tracing::warn!(code = ?failure.code, "the device token could not be read"));
        read.ok().flatten().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_stored_per_server_and_a_damaged_file_counts_as_empty() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = Home::new(directory.path());
        let _open = home.open(&Profile::default()).expect("nobody has it");
        let on = |server: &str| KnownDevice::of(&home, &Profile::default(), &server.parse().expect("an address"));
        let (here, there) = (on("https://here.example"), on("https://there.example"));
        assert_eq!(here.token(), None);
        here.store("rsd_here");
        there.store("rsd_there");
        here.store("rsd_again");
        assert_eq!((here.token().as_deref(), there.token().as_deref()), (Some("rsd_again"), Some("rsd_there")));
        std::fs::write(home.known_device(&Profile::default()), "{").expect("writable");
        assert_eq!(here.token(), None);
        here.store("rsd_here");
        assert_eq!(here.token().as_deref(), Some("rsd_here"));
    }
}
