//! What stands between the agents of a studio machine and its one window: only who is in front gets through.
//!
//! Who is in front changes while nobody is telling, and the other way round. So nothing of one person ever reaches the
//! window after it was told that another is in front.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::agent::{Agent, Emit};
use crate::bridge::{Message, PersonHere, StudioScreen};
use crate::profile::Profile;

/// See the module.
pub(super) struct Gate {
    emit: Emit,
    told: Mutex<Told>,
    changed: Notify,
}

/// What the window was told of the machine.
#[derive(Default)]
struct Told {
    studio: StudioScreen,
    /// Whoever is in front, with their agent.
    in_front: Option<(Profile, Arc<Agent>)>,
    /// Counts how often it was decided who is in front.
    turn: u64,
}

/// Whoever the window is for.
pub(super) enum Chosen {
    /// Whoever has this profile, with their agent.
    Person(Profile, Arc<Agent>),
    /// Whoever knows the studio's PIN.
    Staff,
    /// Whoever comes next.
    Nobody,
}

impl Gate {
    /// A gate in front of the window that `emit` reaches.
    pub(super) fn before(emit: Emit) -> Arc<Self> {
        Arc::new(Self { emit, told: Mutex::default(), changed: Notify::new() })
    }

    /// The way through it for the agent of `profile`, or of nobody.
    pub(super) fn way_of(self: &Arc<Self>, profile: Option<&Profile>) -> Emit {
        let (gate, profile) = (Arc::clone(self), profile.cloned());
        Arc::new(move |message| {
            let told = gate.told();
            if told.studio.in_front.as_deref() == profile.as_ref().map(Profile::as_str) {
                (gate.emit)(message);
            }
            drop(told);
            // Whoever looks may find somebody at something else.
            gate.changed.notify_one();
        })
    }

    /// Tells the window of the machine.
    pub(super) fn show(&self) {
        self.emit_screen(&self.told());
    }

    /// Shows whether the window fills the screen.
    pub(super) fn show_filled(&self, fills_screen: bool) {
        let mut told = self.told();
        told.studio.fills_screen = fills_screen;
        self.emit_screen(&told);
    }

    /// Shows who trains here, if that is not shown already.
    pub(super) fn show_people(&self, people: Vec<PersonHere>) {
        let mut told = self.told();
        if told.studio.people != people {
            told.studio.people = people;
            self.emit_screen(&told);
        }
    }

    /// Which decision about who is in front holds.
    pub(super) fn turn(&self) -> u64 {
        self.told().turn
    }

    /// Decides that nobody is in front, nor staff.
    pub(super) fn clear(&self) {
        self.decide(&mut self.told(), Chosen::Nobody);
    }

    /// Decides that nobody is in front, if that is `profile`.
    pub(super) fn leave(&self, profile: &Profile) {
        let mut told = self.told();
        if told.in_front.as_ref().is_some_and(|(in_front, _)| in_front == profile) {
            self.decide(&mut told, Chosen::Nobody);
        }
    }

    /// Decides who is in front, unless something else was decided since `turn`; answers whether it did.
    pub(super) fn bring(&self, chosen: Chosen, turn: u64) -> bool {
        let mut told = self.told();
        let holds = told.turn == turn;
        if holds {
            self.decide(&mut told, chosen);
        }
        holds
    }

    fn decide(&self, told: &mut Told, chosen: Chosen) {
        told.turn += 1;
        told.studio.is_staff = matches!(chosen, Chosen::Staff);
        told.in_front = match chosen {
            Chosen::Person(profile, agent) => Some((profile, agent)),
            Chosen::Staff | Chosen::Nobody => None,
        };
        told.studio.in_front = told.in_front.as_ref().map(|(profile, _)| profile.to_string());
        self.emit_screen(told);
        self.changed.notify_one();
    }

    fn emit_screen(&self, told: &Told) {
        (self.emit)(Message::Studio { studio: told.studio.clone() });
    }

    /// Whose profile is in front, and their agent.
    pub(super) fn in_front(&self) -> Option<(Profile, Arc<Agent>)> {
        self.told().in_front.clone()
    }

    /// Who trains here, as was last shown.
    pub(super) fn people(&self) -> Vec<PersonHere> {
        self.told().studio.people.clone()
    }

    /// Lets go of whoever is in front, without a word: the application ends.
    pub(super) fn forget(&self) {
        self.told().in_front = None;
    }

    /// Whether the studio's way out is open.
    pub(super) fn is_staff(&self) -> bool {
        self.told().studio.is_staff
    }

    /// Whether the window fills the screen, as was last shown.
    pub(super) fn fills_screen(&self) -> bool {
        self.told().studio.fills_screen
    }

    /// Returns when somebody may have come or gone, or begun or ended something.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
