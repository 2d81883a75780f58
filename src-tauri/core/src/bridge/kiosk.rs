//! The additional calls of a kiosk's window, and the kiosk's state as the window shows it.

use serde::{Deserialize, Serialize};
use training::UserId;
use ts_rs::TS;

use super::{Failure, LocalCode};

calls! {
    /// A call of the window about the kiosk itself, as it arrives.
    enum KioskCall;
    /// Answers the window's calls about the kiosk itself.
    trait KioskCalls;
    /// Passes a call about the kiosk to the method that answers it.
    fn dispatch_to_kiosk;

    /// Brings the member with `profile` to the foreground if `pin` is theirs.
    pick / Pick { profile: String, pin: String } -> ();
    /// Signs somebody in on this kiosk and brings them to the foreground. `pin`, four digits, becomes their PIN here and
    /// replaces any previous one.
    admit / Admit { email: String, password: String, pin: String } -> ();
    /// Sets somebody's password with an invitation for this kiosk's server, signs them in here and brings them to the
    /// foreground, with `pin` as in `admit`.
    admit_invited / AdmitInvited { code: String, password: String, pin: String } -> ();
    /// Clears the foreground and closes the staff page. Unsent changes are still sent in the background.
    lock / Lock {} -> ();
    /// Opens the staff page with the studio's PIN, until `lock`.
    open_staff / OpenStaff { pin: String } -> ();
    /// Staff: switches full screen on or off, until `lock`.
    fill_screen / FillScreen { on: bool } -> ();
    /// Staff: removes a member and all their data from this kiosk. If they are in a session, or have data the server has
    /// not accepted, this is refused unless `confirmed`. Their session is then cancelled and the data is lost.
    remove_member / RemoveMember { profile: String, confirmed: bool } -> ();
    /// Staff: turns the kiosk back into an ordinary machine and restarts the application. If a member is in a session, or
    /// has data the server has not accepted, this is refused unless `confirmed`.
    end_kiosk / EndKiosk { confirmed: bool } -> ();
}

/// A kiosk, as its window shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct KioskView {
    /// The members, by name.
    pub members: Vec<KioskMember>,
    /// The profile of the member in the foreground, if there is one.
    pub foreground: Option<String>,
    /// Whether the staff page is open.
    pub is_staff: bool,
    /// Whether the window fills the screen.
    pub fills_screen: bool,
    /// The system's keyring. Without it, members stay signed in only until the application ends.
    pub keyring: KeyringState,
}

/// The system's keyring, as it last answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyringState {
    /// It works, or has not been needed yet.
    #[default]
    Available,
    /// It is locked.
    Locked,
    /// There is none.
    Missing,
}

/// A member of a kiosk: somebody who trains on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct KioskMember {
    /// Their profile, which identifies them in calls.
    pub profile: String,
    /// Their id: what the window stores for them is stored under it.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// How many of their changes are waiting to be sent.
    pub waiting: u32,
    /// Whether the kiosk may hold data of theirs that the server has not received or has refused.
    pub may_have_unsynced: bool,
    /// Whether they are in a training session that has begun.
    pub is_training: bool,
}
