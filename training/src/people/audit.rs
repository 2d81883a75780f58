//! The audit log: who changed what in a studio.

use serde::{Deserialize, Serialize};

use super::erase::Erased;
use super::user::User;
use crate::session::Person;
use crate::timestamp::Timestamp;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What was done.
    AuditAct {
        /// A studio was created.
        StudioCreated = "studio-created",
        /// A person was added or got another invitation.
        UserInvited = "user-invited",
        /// An invitation was taken back.
        InvitationWithdrawn = "invitation-withdrawn",
        /// A person set their password with an invitation.
        InvitationClaimed = "invitation-claimed",
        /// A person's name, address or language was changed.
        UserChanged = "user-changed",
        /// A person's roles were changed.
        RolesChanged = "roles-changed",
        /// A person was assigned to a trainer, or no longer is.
        TrainerChanged = "trainer-changed",
        /// A person can't sign in any more.
        UserDeactivated = "user-deactivated",
        /// A person can sign in again.
        UserReactivated = "user-reactivated",
        /// A person got a link to set a new password.
        PasswordReset = "password-reset",
        /// A person changed their password.
        PasswordChanged = "password-changed",
        /// A person's sign-in on one device was ended by somebody else.
        DeviceSignedOut = "device-signed-out",
        /// Everything personal was deleted.
        UserErased = "user-erased",
        /// Everything of a person was exported.
        DataExported = "data-exported",
        /// An exercise was created, edited or restored.
        ExerciseSaved = "exercise-saved",
        /// An exercise was archived.
        ExerciseArchived = "exercise-archived",
        /// An exercise that no round uses was deleted.
        ExerciseDeleted = "exercise-deleted",
        /// An exercise's video was changed.
        VideoChanged = "video-changed",
        /// A version of the application was published, for the first time, for another platform or with other notes.
        ReleasePublished = "release-published",
        /// A version is offered to more or fewer installations.
        ReleaseRolloutChanged = "release-rollout-changed",
        /// A version is offered to nobody any more.
        ReleaseHalted = "release-halted",
        /// A version that was halted is offered again.
        ReleaseResumed = "release-resumed",
    }

    /// What kind of thing it was done to.
    AuditKind {
        /// A studio.
        Studio = "studio",
        /// A person.
        User = "user",
        /// An exercise.
        Exercise = "exercise",
        /// A version of the application.
        Release = "release",
    }
}

/// What it was done to, by the name it had at the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AuditSubject {
    /// Its kind.
    pub kind: AuditKind,
    /// Its id: a UUID, or the channel and the version of a release.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl From<&User> for AuditSubject {
    fn from(user: &User) -> Self {
        Self { kind: AuditKind::User, id: user.id.to_string(), name: user.name.clone() }
    }
}

impl From<&Person> for AuditSubject {
    fn from(person: &Person) -> Self {
        Self { kind: AuditKind::User, id: person.id.to_string(), name: person.name.clone() }
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who; null for the server's command line.
    pub by: Option<Person>,
    /// What.
    pub act: AuditAct,
    /// To what.
    pub on: AuditSubject,
    /// How much was erased, if somebody was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional = nullable))]
    pub erased: Option<Erased>,
}
