//! The rules for adding and changing a person.
//!
//! The caller checks permission (admins) and reports the circumstances: the server alone knows everybody.

use super::user::{ChangeUser, CreateUser, User, UserStatus};
use super::validate::{address, display_name};
use super::{Locale, Role};
use crate::ids::UserId;
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::session::Person;

/// What the rules need to know beyond the person.
#[allow(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// Whether somebody else on this server has the new address.
    pub is_email_taken: bool,
    /// The person named as the new trainer, if they are an active trainer of the studio.
    pub trainer: Option<Person>,
    /// Whether somebody else is an active admin of the studio.
    pub has_other_admin: bool,
    /// Whether athletes who can sign in are assigned to this person.
    pub has_athletes: bool,
    /// Whether this person has set a password.
    pub has_password: bool,
}

/// Adds a person, who is invited.
///
/// # Errors
/// [`Refusal::Invalid`] or [`Refusal::DoesNotFit`] with every finding; [`Refusal::EmailTaken`].
pub fn create(id: UserId, body: &CreateUser, locale: Locale, circumstances: &Circumstances) -> Result<User, Refusal> {
    let mut findings = Findings::default();
    let name = checked(&body.name, display_name, "/name", &mut findings);
    let email = checked(&body.email, address, "/email", &mut findings);
    check_roles(&body.roles, &mut findings);
    let trainer = checked_trainer(id, body.trainer_id, circumstances, &mut findings);
    findings.into_result()?;
    if circumstances.is_email_taken {
        return Err(Refusal::EmailTaken);
    }
    Ok(User {
        id,
        name,
        email,
        roles: body.roles.clone(),
        locale: body.locale.unwrap_or(locale),
        trainer,
        status: UserStatus::Invited,
        last_seen_at: None,
        invited_at: None,
        version: 1,
    })
}

/// Changes a person. One that changes nothing keeps its version.
///
/// # Errors
/// As [`create`]; [`Refusal::VersionMismatch`] when it has changed since; [`Refusal::LastAdmin`],
/// [`Refusal::HasAthletes`].
pub fn change(before: &User, based_on: u64, body: &ChangeUser, circumstances: &Circumstances) -> Result<User, Refusal> {
    let mut after = before.clone();
    let mut findings = Findings::default();
    if let Some(name) = &body.name {
        after.name = checked(name, display_name, "/name", &mut findings);
    }
    if let Some(email) = &body.email {
        after.email = checked(email, address, "/email", &mut findings);
    }
    if let Some(roles) = &body.roles {
        check_roles(roles, &mut findings);
        // In another order they are the same.
        if !is_same_set(roles, &before.roles) {
            after.roles.clone_from(roles);
        }
    }
    if let Some(trainer) = body.trainer_id {
        after.trainer = checked_trainer(before.id, trainer, circumstances, &mut findings);
    }
    after.locale = body.locale.unwrap_or(before.locale);
    after.status = match body.active {
        Some(false) => UserStatus::Deactivated,
        Some(true) if before.is_deactivated() && circumstances.has_password => UserStatus::Active,
        Some(true) if before.is_deactivated() => UserStatus::Invited,
        Some(true) | None => before.status,
    };
    if after.is_deactivated() && !before.is_deactivated() {
        // Their invitation ends with it.
        after.invited_at = None;
    }
    findings.into_result()?;
    if based_on != before.version {
        return Err(Refusal::VersionMismatch);
    }
    if before.is_active_admin() && !after.is_active_admin() && !circumstances.has_other_admin {
        return Err(Refusal::LastAdmin);
    }
    let leads = |user: &User| user.is(Role::Trainer) && !user.is_deactivated();
    if leads(before) && !leads(&after) && circumstances.has_athletes {
        return Err(Refusal::HasAthletes);
    }
    if after.email != before.email && circumstances.is_email_taken {
        return Err(Refusal::EmailTaken);
    }
    if after != *before {
        after.version += 1;
    }
    Ok(after)
}

/// The value of a field, or what is wrong with it among the findings.
fn checked(
    typed: &str,
    check: fn(&str) -> Result<String, FieldCode>,
    pointer: &str,
    findings: &mut Findings,
) -> String {
    check(typed).unwrap_or_else(|code| {
        findings.add(pointer, code);
        typed.to_owned()
    })
}

fn check_roles(roles: &[Role], findings: &mut Findings) {
    if roles.is_empty() {
        findings.add("/roles", FieldCode::Required);
    }
    for (i, role) in roles.iter().take(Role::ALL.len() + 1).enumerate() {
        if roles[..i].contains(role) {
            findings.add(format!("/roles/{i}"), FieldCode::Duplicate);
        }
    }
}

/// Nobody trains themselves, and whoever trains is an active trainer of the studio.
fn checked_trainer(
    user: UserId,
    trainer: Option<UserId>,
    circumstances: &Circumstances,
    findings: &mut Findings,
) -> Option<Person> {
    let trainer = trainer?;
    let found = circumstances.trainer.as_ref().filter(|person| person.id == trainer && trainer != user);
    if found.is_none() {
        findings.add_mismatch("/trainer_id", FieldCode::UnknownReference);
    }
    found.cloned()
}

fn is_same_set(one: &[Role], other: &[Role]) -> bool {
    one.len() == other.len() && one.iter().all(|role| other.contains(role))
}
