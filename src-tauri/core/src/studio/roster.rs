//! Who trains on this machine, as it is kept on the disk.

use serde::{Deserialize, Serialize};
use training::UserId;
use training::wire::Account;

use super::pin::Lock;
use crate::bridge::{Failure, LocalCode};
use crate::home::Home;
use crate::profile::Profile;

/// The roster of a studio machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roster {
    /// Whether the application opens as the studio's screen.
    pub(super) on: bool,
    /// What opens the way out of it.
    pub(super) lock: Lock,
    /// Whoever trains here, in no order.
    #[serde(default)]
    pub(super) regulars: Vec<Regular>,
    /// Profiles of whoever no longer does, of which something may be left on the disk.
    #[serde(default)]
    pub(super) leaving: Vec<Profile>,
}

/// Somebody who trains on this machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Regular {
    /// Their id.
    pub(super) user: UserId,
    /// Their name, as they pick themselves by.
    pub(super) name: String,
    /// What opens what is theirs.
    pub(super) lock: Lock,
    /// Whether something of theirs may still be waiting to be sent.
    #[serde(default)]
    pub(super) may_wait: bool,
}

impl Regular {
    /// The profile that holds what is theirs.
    pub(super) fn profile(&self) -> Profile {
        profile_of(self.user)
    }
}

/// The profile of `user` on a studio machine.
fn profile_of(user: UserId) -> Profile {
    format!("person-{}", user.0.simple()).parse().expect("forty characters at most, of those allowed")
}

impl Roster {
    /// The roster at `home`, if this ever was a studio machine.
    ///
    /// # Errors
    /// [`LocalCode::BadConfig`] with the file and the position when it can't be understood.
    pub(crate) fn read(home: &Home) -> Result<Option<Self>, Failure> {
        home.roster()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// [`LocalCode::DataDirectory`] with the path when it can't be written.
    pub(super) fn write(&self, home: &Home) -> Result<(), Failure> {
        home.keep_roster(self)
    }

    /// Whether `profile` is somebody's on this roster, and so opened with their PIN only; or was, and is to be removed.
    pub(crate) fn holds(&self, profile: &Profile) -> bool {
        self.leaving.contains(profile) || self.regulars.iter().any(|regular| regular.profile() == *profile)
    }

    /// Whoever has `profile`.
    ///
    /// # Errors
    /// [`LocalCode::NotOnThisMachine`] when nobody has.
    pub(super) fn regular(&mut self, profile: &str) -> Result<&mut Regular, Failure> {
        let found = self.regulars.iter_mut().find(|regular| regular.profile().as_str() == profile);
        found.ok_or_else(|| Failure::local(LocalCode::NotOnThisMachine))
    }

    /// Takes `account` in with a lock of theirs, or gives them another one; answers how they were on it before, and their
    /// profile.
    pub(super) fn take_in(&mut self, account: &Account, lock: Lock) -> (Option<Regular>, Profile) {
        let known = self.regulars.iter().position(|regular| regular.user == account.id);
        let before = known.map(|at| self.regulars.remove(at));
        self.leaving.retain(|profile| *profile != profile_of(account.id));
        self.regulars.push(Regular { user: account.id, name: account.name.clone(), lock, may_wait: true });
        (before, profile_of(account.id))
    }

    /// Has somebody on it again as they were `before`.
    pub(super) fn put_back(&mut self, before: Regular) {
        self.regulars.retain(|regular| regular.user != before.user);
        self.regulars.push(before);
    }

    /// Takes whoever has `profile` off it; what is theirs is to be removed.
    pub(super) fn take_off(&mut self, profile: &Profile) {
        self.regulars.retain(|regular| regular.profile() != *profile);
        if !self.leaving.contains(profile) {
            self.leaving.push(profile.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::pin::Pin;
    use super::*;

    #[test]
    fn a_roster_with_a_field_nobody_knows_is_refused_with_its_place() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = Home::new(directory.path());
        assert!(Roster::read(&home).expect("there is none").is_none());
        std::fs::write(directory.path().join("studio.json"), r#"{ "on": true, "lock": {}, "pin": "1234" }"#)
            .expect("writable");
        let failure = Roster::read(&home).expect_err("it is no roster");
        assert_eq!(failure.code, crate::bridge::FailureCode::Local(LocalCode::BadConfig));
        assert!(failure.detail.is_some_and(|detail| detail.contains("studio.json")));
    }

    /// A file as version 0.1.0 writes it. Installed kiosks have such files, so it never changes.
    const STORED: &str = include_str!("fixtures/studio.json");

    #[test]
    fn a_stored_roster_is_still_read_and_written_with_the_same_keys() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = Home::new(directory.path());
        let path = directory.path().join("studio.json");
        std::fs::write(&path, STORED).expect("writable");
        let mut roster = Roster::read(&home).expect("readable").expect("there is one");

        let pin = Pin::of_person("4711").expect("four digits");
        assert!(roster.on);
        assert_eq!(roster.lock.is_opened_by(&pin), Ok(true));
        let member = roster.regular("person-0193a7c15d2e7f008a113c5b7d9e1f20").expect("on the roster");
        assert_eq!((member.name.as_str(), member.may_wait), ("Jonas Brandt", true));
        let seconds_later = "2027-01-15T08:00:10Z".parse().expect("a time");
        assert_eq!(member.lock.closed_for(seconds_later), Some(Duration::from_secs(20)));
        assert!(roster.holds(&"person-0193a7c15d2e7f008a113c5b7d9e1f21".parse().expect("a profile")));

        roster.write(&home).expect("writable");
        let written: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(&path).expect("readable")).expect("JSON");
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(STORED).expect("JSON"));
    }
}
