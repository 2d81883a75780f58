//! The people of a studio: what an account is, and the rules for changing it.
//!
//! Deliberately absent: passwords and tokens, which only the server sees.

mod account;
mod athlete;
mod audit;
mod change;
mod code;
mod erase;
mod rules;
mod search;
mod user;
mod validate;

pub use account::{Account, Locale, Role, Studio};
pub use athlete::Athlete;
pub use audit::{AuditAct, AuditEntry, AuditKind, AuditSubject};
pub use change::{OpenSession, UserChange};
pub use code::{InvalidInvitationCode, InvitationCode};
pub use erase::{EraseUser, Erased, check_erase, former_name};
pub use rules::{Circumstances, change, create};
pub use search::{MAX_SORT_KEY_CHARS, fold, sort_key};
pub use user::{
    ChangeUser, ClaimInvitation, CreateUser, Device, Invitation, InvitationPreview, InvitationPurpose, InvitedUser,
    LookAtInvitation, StudioName, User, UserStatus,
};
pub use validate::{address, display_name};
