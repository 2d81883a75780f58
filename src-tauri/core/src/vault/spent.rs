//! Spent sign-ins that are still in the keyring: recorded on disk until they are deleted there.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::address::ServerUrl;
use crate::files::{read, write_whole};
use crate::home::Home;
use crate::profile::Profile;

/// Whether the sign-in that the keyring holds for one profile on one server is spent. The profile is open, so no other
/// process writes its record.
#[derive(Clone, Debug)]
pub(super) struct Spent {
    note: PathBuf,
    server: String,
}

/// The servers whose sign-ins are spent. Contains no secrets.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    servers: BTreeSet<String>,
}

impl Spent {
    pub(super) fn of(home: &Home, profile: &Profile, server: &ServerUrl) -> Self {
        Self { note: home.spent_sign_ins(profile), server: server.to_string() }
    }

    pub(super) fn is_noted(&self) -> bool {
        // A record that can't be parsed may have been about this server. Having to sign in again is the lesser evil.
        self.read().is_none_or(|note| note.servers.contains(&self.server))
    }

    pub(super) fn note(&self) {
        let mut note = self.read().unwrap_or_default();
        if note.servers.insert(self.server.clone()) {
            self.write(&note);
        }
    }

    pub(super) fn clear(&self) {
        let known = self.read();
        let is_spoilt = known.is_none();
        let mut note = known.unwrap_or_default();
        if note.servers.remove(&self.server) || is_spoilt {
            self.write(&note);
        }
    }

    /// The record. `None` when it can't be parsed.
    fn read(&self) -> Option<Note> {
        let read = read::<Note>(&self.note);
        let read = read.inspect_err(
            |failure| tracing::warn!(code = ?failure.code, "the record of spent sign-ins could not be read"),
        );
        read.ok().map(Option::unwrap_or_default)
    }

    fn write(&self, note: &Note) {
        let written = if note.servers.is_empty() {
            std::fs::remove_file(&self.note)
        } else {
            serde_json::to_string(note).map_err(std::io::Error::other).and_then(|text| write_whole(&self.note, &text))
        };
        if let Err(error) = written {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the record of spent sign-ins could not be written"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(home: &Home, server: &str) -> Spent {
        Spent::of(home, &Profile::default(), &server.parse().expect("an address"))
    }

    fn opened() -> (tempfile::TempDir, Home) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = Home::new(directory.path());
        home.open(&Profile::default()).expect("nobody has it");
        (directory, home)
    }

    #[test]
    fn a_spent_sign_in_stays_recorded_for_its_server_until_it_is_cleared() {
        let (_directory, home) = opened();
        let (here, there) = (on(&home, "https://here.example"), on(&home, "https://there.example"));
        assert!(!here.is_noted());
        here.note();
        there.note();
        assert!(on(&home, "https://here.example").is_noted());
        here.clear();
        assert!(!here.is_noted() && there.is_noted());
        there.clear();
        assert!(!home.spent_sign_ins(&Profile::default()).exists(), "nothing is left to be noted");
    }

    #[test]
    fn an_unreadable_record_counts_as_spent_until_the_keyring_entry_is_deleted() {
        let (_directory, home) = opened();
        std::fs::write(home.spent_sign_ins(&Profile::default()), "{").expect("writable");
        let here = on(&home, "https://here.example");
        assert!(here.is_noted());
        here.clear();
        assert!(!here.is_noted());
    }
}
