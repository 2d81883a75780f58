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
    /// Staff: fills the screen, or no longer, until `lock`.
    fill_screen / FillScreen { on: bool } -> ();
    /// Staff: takes somebody off this machine, with everything of theirs. In the middle of their session, or while something
    /// of theirs is kept that the server has not taken, only if that is `confirmed`: their session is cancelled then, and what
    /// was kept is lost.
    remove_person / RemovePerson { profile: String, confirmed: bool } -> ();
    /// Staff: makes this an ordinary machine again, and starts it anew. While somebody trains, or something is kept that the
    /// server has not taken, only if that is `confirmed`.
    end_studio / EndStudio { confirmed: bool } -> ();
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
    /// Whether something of theirs may be kept that the server has not taken, or has refused.
    pub keeps_something: bool,
    /// Whether a training of theirs goes on.
    pub trains: bool,
}
