//! What a window asks of the studio's people, and the pages it gets.

use serde::{Deserialize, Serialize};
use training::people::{AuditEntry, User, UserStatus};
use training::wire::Role;
use ts_rs::TS;

/// Which people are asked for.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    /// Any part of a name or an address.
    pub search: Option<String>,
    /// Only those with this role.
    pub role: Option<Role>,
    /// Only those with this status.
    pub status: Option<UserStatus>,
    /// Where the page begins: `next` of the one before.
    pub after: Option<String>,
    /// How many at most, 1 to 100.
    pub limit: Option<u32>,
}

/// A page of the studio's people, by name.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct UserPage {
    /// The people.
    pub users: Vec<User>,
    /// Where the next page begins; `null` on the last one.
    pub next: Option<String>,
}

/// A page of the audit log, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins; `null` on the last one.
    pub next: Option<String>,
}
