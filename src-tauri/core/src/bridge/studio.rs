//! What a studio machine's window may ask besides, and what it is told of who trains there.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Failure, LocalCode};

calls! {
    /// A call of a studio machine's window about the machine, as it arrives.
    enum StudioCall;
    /// Answers a studio machine's window about the machine.
    trait StudioCalls;
    /// Hands a call about the machine to the method that answers it.
    fn dispatch_to_studio;

    /// Brings whoever has `profile` to the front, if `pin` is theirs.
    pick / Pick { profile: String, pin: String } -> ();
    /// Signs somebody in on this machine and brings them to the front. From now on `pin`, four digits, is theirs here, also
    /// if they had another one.
    admit / Admit { email: String, password: String, pin: String } -> ();
    /// Nobody is in front any longer, and the studio's way out is closed. What waits to be sent goes on waiting.
    lock / Lock {} -> ();
    /// Opens the studio's way out with its PIN, until `lock`.
    open_staff / OpenStaff { pin: String } -> ();
    /// Staff: fills the screen, or no longer, until the next start.
    fill_screen / FillScreen { on: bool } -> ();
    /// Staff: takes somebody off this machine, with everything of theirs; not while something of theirs waits to be sent.
    remove_person / RemovePerson { profile: String } -> ();
    /// Staff: makes this an ordinary machine again, and starts it anew.
    end_studio / EndStudio {} -> ();
}

/// A studio machine, as its window shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct StudioScreen {
    /// Who trains on it, by name.
    pub people: Vec<PersonHere>,
    /// Whose profile is in front; none: nobody has picked themselves.
    pub in_front: Option<String>,
    /// Whether the studio's way out is open.
    pub is_staff: bool,
    /// Whether the window fills the screen.
    pub fills_screen: bool,
}

/// Somebody who trains on a studio machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PersonHere {
    /// Their profile, which names them in calls.
    pub profile: String,
    /// Their name.
    pub name: String,
    /// How many changes of theirs wait to be sent.
    pub waiting: u32,
    /// Whether a training of theirs goes on.
    pub trains: bool,
}
