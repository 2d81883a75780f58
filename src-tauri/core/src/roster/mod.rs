//! Who trains on this kiosk, as stored on disk.
//!
//! Installed kiosks have such files: the keys never change, whatever the fields are called.

pub(crate) mod pin;

use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use training::UserId;
use training::wire::Account;

use self::pin::{NotAPin, Pin, PinLock};
use crate::address::ServerUrl;
use crate::bridge::{Failure, LocalCode};
use crate::home::Home;
use crate::profile::Profile;

/// The roster of a kiosk.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roster {
    /// Whether the application opens as a kiosk.
    pub(crate) on: bool,
    /// The lock of the studio's PIN.
    pub(crate) lock: PinLock,
    /// The members, in no particular order.
    #[serde(default, rename = "regulars")]
    pub(crate) members: Vec<Member>,
    /// Profiles of removed members whose data may still be on disk.
    #[serde(default, rename = "leaving")]
    pub(crate) pending_deletion: Vec<Profile>,
}

/// Somebody who trains on this kiosk.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    /// Their id.
    pub(crate) user: UserId,
    /// Their name, as the window lists it.
    pub(crate) name: String,
    /// The lock of their PIN.
    pub(crate) lock: PinLock,
    /// Whether their replica may hold data that the server has not received or has refused.
    #[serde(default, rename = "may_wait")]
    pub(crate) may_have_unsynced: bool,
}

impl Member {
    /// The profile that holds their data.
    pub(crate) fn profile(&self) -> Profile {
        profile_of(self.user)
    }
}

/// The profile of `user` on a kiosk.
fn profile_of(user: UserId) -> Profile {
    format!("person-{}", user.0.simple()).parse().expect("39 characters, all of them allowed")
}

impl Roster {
    /// Reads the roster at `home`. `None` if this machine never was a kiosk.
    ///
    /// # Errors
    /// [`LocalCode::BadConfig`] with the file and the position when it cannot be parsed.
    pub(crate) fn read(home: &Home) -> Result<Option<Self>, Failure> {
        home.roster()
    }

    /// Writes the roster.
    ///
    /// # Errors
    /// [`LocalCode::DataDirectory`] with the path when it cannot be written.
    pub(crate) fn write(&self, home: &Home) -> Result<(), Failure> {
        home.save_roster(self)
    }

    /// Whether `profile` belongs to a member, and may be opened with their PIN only, or is about to be deleted.
    pub(crate) fn holds(&self, profile: &Profile) -> bool {
        self.pending_deletion.contains(profile) || self.members.iter().any(|member| member.profile() == *profile)
    }

    /// The member with `profile`.
    ///
    /// # Errors
    /// [`LocalCode::NotOnThisMachine`] when there is none.
    pub(crate) fn member(&mut self, profile: &str) -> Result<&mut Member, Failure> {
        let found = self.members.iter_mut().find(|member| member.profile().as_str() == profile);
        found.ok_or_else(|| Failure::local(LocalCode::NotOnThisMachine))
    }

    /// Adds `account` as a member with `lock`, or replaces the lock of a member. Returns the previous entry and the
    /// profile.
    pub(crate) fn upsert(&mut self, account: &Account, lock: PinLock) -> (Option<Member>, Profile) {
        let known = self.members.iter().position(|member| member.user == account.id);
        let before = known.map(|at| self.members.remove(at));
        self.pending_deletion.retain(|profile| *profile != profile_of(account.id));
        self.members.push(Member { user: account.id, name: account.name.clone(), lock, may_have_unsynced: true });
        (before, profile_of(account.id))
    }

    /// Takes over what a member is called now, if that is known. Returns whether they were called otherwise.
    pub(crate) fn rename(&mut self, profile: &Profile, name: Option<String>) -> bool {
        let member = self.members.iter_mut().find(|member| member.profile() == *profile);
        let Some((member, name)) = member.zip(name).filter(|(member, name)| member.name != *name) else { return false };
        member.name = name;
        true
    }

    /// Restores the previous entry of a member, as [`Roster::upsert`] returned it.
    pub(crate) fn restore(&mut self, before: Member) {
        self.members.retain(|member| member.user != before.user);
        self.members.push(before);
    }

    /// Removes the member with `profile`, and marks their data for deletion.
    pub(crate) fn remove(&mut self, profile: &Profile) {
        self.members.retain(|member| member.profile() != *profile);
        if !self.pending_deletion.contains(profile) {
            self.pending_deletion.push(profile.clone());
        }
    }
}

/// Whether the application at `home` opens as a kiosk. It also does when the roster cannot be read, so that damaging the
/// file is no way out of the kiosk.
pub fn is_kiosk(home: &Home) -> bool {
    Roster::read(home).map_or(true, |roster| roster.is_some_and(|roster| roster.on))
}

/// Turns the machine at `home` into a kiosk, from the next start on. `pin` is the studio's PIN. The kiosk uses `server`
/// until staff choose another one.
///
/// # Errors
/// [`LocalCode::NotAPin`] when `pin` is not four to eight digits, [`LocalCode::BadConfig`] and
/// [`LocalCode::DataDirectory`] when the roster cannot be read or saved.
pub async fn become_kiosk(home: &Home, server: &ServerUrl, pin: &str) -> Result<(), Failure> {
    let lock = hash_pin(Pin::of_studio(pin).map_err(not_a_pin)?).await?;
    let known = Roster::read(home)?;
    let (members, pending_deletion) = known.map(|roster| (roster.members, roster.pending_deletion)).unwrap_or_default();
    home.choose_server(&Profile::of_kiosk(), server)?;
    Roster { on: true, lock, members, pending_deletion }.write(home)
}

/// Hashes `pin` without blocking the runtime.
pub(crate) async fn hash_pin(pin: Pin) -> Result<PinLock, Failure> {
    spawn_blocking(move || PinLock::new(&pin)).await.map_err(internal)?.map_err(internal)
}

pub(crate) fn not_a_pin(error: NotAPin) -> Failure {
    Failure::local(LocalCode::NotAPin).because(error)
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::local(LocalCode::Internal).because(error)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_roster_with_an_unknown_field_is_rejected_and_the_failure_names_the_file() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = Home::new(directory.path());
        assert!(Roster::read(&home).expect("there is none").is_none());
        std::fs::write(directory.path().join("studio.json"), r#"{ "on": true, "lock": {}, "pin": "1234" }"#)
            .expect("writable");
        let failure = Roster::read(&home).expect_err("an unknown field");
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

        let pin = Pin::of_member("4711").expect("four digits");
        assert!(roster.on);
        assert_eq!(roster.lock.matches(&pin), Ok(true));
        let member = roster.member("person-0193a7c15d2e7f008a113c5b7d9e1f20").expect("on the roster");
        assert_eq!((member.name.as_str(), member.may_have_unsynced), ("Jonas Brandt", true));
        let seconds_later = "2027-01-15T08:00:10Z".parse().expect("a time");
        assert_eq!(member.lock.locked_for(seconds_later), Some(Duration::from_secs(20)));
        assert!(roster.holds(&"person-0193a7c15d2e7f008a113c5b7d9e1f21".parse().expect("a profile")));

        roster.write(&home).expect("writable");
        let written: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(&path).expect("readable")).expect("JSON");
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(STORED).expect("JSON"));
    }
}
