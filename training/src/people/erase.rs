//! The rules for erasing a person, and what is kept of it: counts, no content.

use serde::{Deserialize, Serialize};

use super::Role;
use super::rules::Circumstances;
use super::user::User;
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::session::Person;

/// Body of `POST /v1/users/{id}/erase`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EraseUser {
    /// The person's name, as it is now: erasing can't be undone.
    pub confirm: String,
}

/// How much was erased of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default)]
pub struct Erased {
    /// Sessions that were theirs alone.
    pub sessions: u64,
    /// Sessions that others took part in: they stay without the person.
    pub shared_sessions: u64,
    /// Sets they had done.
    pub sets: u64,
    /// What they weighed, an entry each.
    pub weights: u64,
    /// Private notes on their sessions.
    pub notes: u64,
    /// Entries of the journal about them.
    pub journal_entries: u64,
    /// Templates that only they saw.
    pub templates: u64,
    /// Shared templates, which somebody else has now.
    pub shared_templates: u64,
    /// Sign-ins on devices.
    pub devices: u64,
    /// Uploads that nothing used yet.
    pub uploads: u64,
    /// Stored answers to requests, theirs and those of others in which they were.
    pub answers: u64,
    /// Feeds that began anew, because they may have carried something of theirs.
    pub feeds: u64,
}

/// Whether a person may be erased. What they are to the studio counts as when they are deactivated.
///
/// # Errors
/// [`Refusal::DoesNotFit`] when it is not their name that is confirmed; [`Refusal::LastAdmin`], [`Refusal::HasAthletes`].
pub fn check_erase(user: &User, body: &EraseUser, circumstances: &Circumstances) -> Result<(), Refusal> {
    let mut findings = Findings::default();
    if body.confirm.trim() != user.name {
        findings.add_mismatch("/confirm", FieldCode::NotRepeated);
    }
    findings.into_result()?;
    if user.is_active_admin() && !circumstances.has_other_admin {
        return Err(Refusal::LastAdmin);
    }
    if circumstances.has_athletes { Err(Refusal::HasAthletes) } else { Ok(()) }
}

/// What somebody with these roles is called once they are erased.
pub fn former_name(roles: &[Role]) -> &'static str {
    if roles.contains(&Role::Trainer) {
        Person::FORMER_TRAINER
    } else if roles.contains(&Role::Athlete) {
        Person::FORMER_ATHLETE
    } else {
        Person::FORMER_ADMIN
    }
}
