//! What stands between the agents of a studio machine and its one window: only who is in front gets through.
//!
//! Who is in front changes while nobody is telling, and the other way round. So nothing of one person ever reaches the
//! window after it was told that another is in front.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::agent::Tell;
use crate::bridge::{Message, PersonHere, StudioScreen};
use crate::home::Profile;

/// See the module.
pub(super) struct Gate {
    tell: Tell,
    told: Mutex<Told>,
    changed: Notify,
}

/// What the window was told of the machine.
#[derive(Default)]
struct Told {
    studio: StudioScreen,
    /// Counts how often it was decided who is in front.
    turn: u64,
}

impl Gate {
    /// A gate in front of the window that `tell` tells.
    pub(super) fn before(tell: Tell) -> Arc<Self> {
        Arc::new(Self { tell, told: Mutex::default(), changed: Notify::new() })
    }

    /// The way through it for the agent of `profile`, or of nobody.
    pub(super) fn way_of(self: &Arc<Self>, profile: Option<&Profile>) -> Tell {
        let (gate, profile) = (Arc::clone(self), profile.cloned());
        Arc::new(move |message| {
            let told = gate.told();
            if told.studio.in_front.as_deref() == profile.as_ref().map(Profile::as_str) {
                (gate.tell)(message);
            }
            drop(told);
            // Whoever looks may find somebody at something else.
            gate.changed.notify_one();
        })
    }

    /// Tells the window of the machine.
    pub(super) fn show(&self) {
        self.tell_studio(&self.told());
    }

    /// Shows whether the window fills the screen.
    pub(super) fn show_filled(&self, fills_screen: bool) {
        let mut told = self.told();
        told.studio.fills_screen = fills_screen;
        self.tell_studio(&told);
    }

    /// Shows who trains here, if that is not shown already.
    pub(super) fn show_people(&self, people: Vec<PersonHere>) {
        let mut told = self.told();
        if told.studio.people != people {
            told.studio.people = people;
            self.tell_studio(&told);
        }
    }

    /// Which decision about who is in front holds.
    pub(super) fn turn(&self) -> u64 {
        self.told().turn
    }

    /// Decides that nobody is in front, or staff.
    pub(super) fn clear(&self, is_staff: bool) {
        self.decide(&mut self.told(), None, is_staff);
    }

    /// Brings `profile` to the front, unless something else was decided since `turn`; answers whether it did.
    pub(super) fn bring(&self, profile: &Profile, turn: u64) -> bool {
        let mut told = self.told();
        let holds = told.turn == turn;
        if holds {
            self.decide(&mut told, Some(profile), false);
        }
        holds
    }

    fn decide(&self, told: &mut Told, in_front: Option<&Profile>, is_staff: bool) {
        told.turn += 1;
        told.studio.in_front = in_front.map(Profile::to_string);
        told.studio.is_staff = is_staff;
        self.tell_studio(told);
        self.changed.notify_one();
    }

    fn tell_studio(&self, told: &Told) {
        (self.tell)(Message::Studio { studio: told.studio.clone() });
    }

    /// Whose profile is in front.
    pub(super) fn in_front(&self) -> Option<String> {
        self.told().studio.in_front.clone()
    }

    /// Whether the studio's way out is open.
    pub(super) fn is_staff(&self) -> bool {
        self.told().studio.is_staff
    }

    /// Returns when somebody may have come or gone, or begun or ended something.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
