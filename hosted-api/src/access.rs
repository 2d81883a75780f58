//! Who may take a route: said in the table of routes, and stated by the API's description.

use training::Part;
use training::wire::Role;

/// Who may take a route. Somebody else's session does not exist for a caller, whatever their role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without signing in.
    Anyone,
    /// Whoever is signed in; about themselves.
    SignedIn,
    /// Whoever holds this role.
    Holder(Role),
    /// Trainers and admins; about their studio.
    Staff,
    /// Trainers and admins of the studio whose it is that is named.
    StaffOf,
    /// Both people of the session that is named.
    Both,
    /// The one in this part of the session that is named, itself or by a round.
    In(Part),
}
