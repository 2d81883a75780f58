//! What travels about people: accounts as admins see them, invitations, devices.

use serde::{Deserialize, Deserializer, Serialize};

use super::{Locale, Role};
use crate::ids::UserId;
use crate::session::Person;
use crate::timestamp::Timestamp;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Whether a person can sign in.
    UserStatus {
        /// Not yet: they have set no password.
        Invited = "invited",
        /// They can.
        Active = "active",
        /// Not any more.
        Deactivated = "deactivated",
    }

    /// What an invitation is for.
    InvitationPurpose {
        /// The first password.
        Invite = "invite",
        /// A new password in place of a forgotten one.
        Reset = "reset",
    }
}

/// A person of the studio, as its admins see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// What they may be.
    pub roles: Vec<Role>,
    /// The language of their windows.
    pub locale: Locale,
    /// The trainer assigned to them.
    pub trainer: Option<Person>,
    /// Whether they can sign in.
    pub status: UserStatus,
    /// When one of their devices last got new tokens; null if none ever did.
    pub last_seen_at: Option<Timestamp>,
    /// When they were given the invitation that they have not claimed yet, whether or not it has expired; null if they
    /// have none. Servers before this field say nothing.
    #[serde(default)]
    pub invited_at: Option<Timestamp>,
    /// Grows by one with every change of the account; goes into `If-Match`.
    pub version: u64,
}

impl User {
    /// Whether they can't sign in any more.
    pub fn is_deactivated(&self) -> bool {
        self.status == UserStatus::Deactivated
    }

    /// Whether they have this role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether they can administer the studio now.
    pub fn is_active_admin(&self) -> bool {
        self.status == UserStatus::Active && self.is(Role::Admin)
    }

    /// The trainer who has them in their list.
    pub fn trained_by(&self) -> Option<UserId> {
        let is_athlete = self.is(Role::Athlete) && !self.is_deactivated();
        self.trainer.as_ref().filter(|_| is_athlete).map(|trainer| trainer.id)
    }
}

/// Body of `POST /v1/users`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CreateUser {
    /// Their name: 1 to 100 characters that aren't all white space.
    pub name: String,
    /// The address they will sign in with; nobody else's on this server.
    pub email: String,
    /// What they may be: at least one role, each once.
    pub roles: Vec<Role>,
    /// The language of their windows; the studio's if absent.
    #[serde(default)]
    pub locale: Option<Locale>,
    /// The trainer assigned to them: an active trainer of the studio.
    #[serde(default)]
    pub trainer_id: Option<UserId>,
}

/// Body of `PATCH /v1/users/{id}`; what is absent stays.
#[allow(clippy::option_option, reason = "absent, null and a value are three things")]
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default)]
pub struct ChangeUser {
    /// The new name, 1 to 100 characters.
    pub name: Option<String>,
    /// The new address; nobody else's on this server.
    pub email: Option<String>,
    /// The new roles: at least one, each once.
    pub roles: Option<Vec<Role>>,
    /// The new language.
    pub locale: Option<Locale>,
    /// The new trainer, an active trainer of the studio; null for none.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<UserId>))]
    #[cfg_attr(feature = "typescript", ts(optional, type = "UserId | null"))]
    pub trainer_id: Option<Option<UserId>>,
    /// Whether they can sign in.
    pub active: Option<bool>,
}

/// A value that is given, be it null.
#[allow(clippy::option_option, reason = "absent, null and a value are three things")]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A link by which somebody sets their password, once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Invitation {
    /// The secret in it.
    pub code: String,
    /// The link to hand on: a page that opens the application, or offers it.
    pub link: String,
    /// The link that opens the application by itself.
    pub deep_link: String,
    /// What it is for.
    pub purpose: InvitationPurpose,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// Answer to `POST /v1/users`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct InvitedUser {
    /// The person.
    pub user: User,
    /// Their invitation.
    pub invitation: Invitation,
}

/// Body of `POST /v1/invitations/look`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LookAtInvitation {
    /// The code.
    pub code: String,
}

/// A studio by its name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StudioName {
    /// Its name.
    pub name: String,
}

/// Whose an invitation is, before anything is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct InvitationPreview {
    /// What it is for.
    pub purpose: InvitationPurpose,
    /// The person's name.
    pub name: String,
    /// The address they will sign in with.
    pub email: String,
    /// Their studio.
    pub studio: StudioName,
    /// The language of their windows.
    pub locale: Locale,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// Body of `POST /v1/invitations/claim`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ClaimInvitation {
    /// The code.
    pub code: String,
    /// The password to set, 8 to 200 characters.
    pub password: String,
    /// What the person calls this device, 1 to 100 characters.
    pub device_name: String,
    /// The token that this device got at the person's last sign-in. It keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
}

/// One sign-in of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Device {
    /// Its id.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub id: uuid::Uuid,
    /// What the person calls it.
    pub name: String,
    /// Since when it is signed in.
    pub created_at: Timestamp,
    /// When it last got new tokens.
    pub last_seen_at: Timestamp,
    /// Whether it is the device that asks.
    #[serde(default)]
    pub is_current: bool,
}
