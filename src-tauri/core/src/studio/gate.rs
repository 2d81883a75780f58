//! What stands between the agents of a studio machine and its one window: only who is in front gets through.
//!
//! Who is in front changes while nobody is telling, and the other way round. So nothing of one person ever reaches the
//! window after it was told that another is in front.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use training::{Session, SessionId, SessionStatus};

use super::roster::Roster;
use crate::agent::Tell;
use crate::bridge::{Message, PersonHere, StudioScreen};
use crate::home::Profile;

/// See the module.
pub(super) struct Gate {
    tell: Tell,
    told: Mutex<Told>,
    changed: Notify,
}

/// What the window was told of the machine, and what its agents would have told.
#[derive(Default)]
struct Told {
    studio: StudioScreen,
    doing: HashMap<Profile, Doing>,
    /// Counts how often it was decided who is in front.
    turn: u64,
}

/// What an agent is at, whether or not it is in front.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Doing {
    /// How many changes wait to be sent.
    waiting: u32,
    /// The sessions that go on.
    sessions: BTreeSet<SessionId>,
}

impl Doing {
    fn note(&mut self, message: &Message) {
        match message {
            Message::View { view } => {
                self.waiting = view.link.waiting;
                self.sessions = view.sessions.iter().filter(|session| goes_on(session)).map(|it| it.id).collect();
            }
            Message::Session { session, .. } | Message::Changed { session } => {
                if goes_on(session) {
                    self.sessions.insert(session.id);
                } else {
                    self.sessions.remove(&session.id);
                }
            }
            Message::Link { link, .. } => self.waiting = link.waiting,
            _ => {}
        }
    }

    fn is_idle(&self) -> bool {
        self.waiting == 0 && self.sessions.is_empty()
    }
}

fn goes_on(session: &Session) -> bool {
    matches!(session.status, SessionStatus::Waiting | SessionStatus::Active)
}

impl Gate {
    /// A gate in front of the window that `tell` tells.
    pub(super) fn before(tell: Tell) -> Arc<Self> {
        Arc::new(Self { tell, told: Mutex::default(), changed: Notify::new() })
    }

    /// The way through it for the agent of `profile`, or of nobody.
    pub(super) fn way_of(self: &Arc<Self>, profile: Option<&Profile>) -> Tell {
        let (gate, profile) = (Arc::clone(self), profile.cloned());
        Arc::new(move |message| gate.pass(profile.as_ref(), message))
    }

    fn pass(&self, profile: Option<&Profile>, message: Message) {
        let mut told = self.told();
        let news = profile.is_some_and(|profile| told.note(profile, &message));
        if told.studio.in_front.as_deref() == profile.map(Profile::as_str) {
            (self.tell)(message);
        }
        if news {
            (self.tell)(Message::Studio { studio: told.studio.clone() });
            self.changed.notify_one();
        }
    }

    /// Changes what is shown of the machine, and tells it.
    pub(super) fn show(&self, change: impl FnOnce(&mut StudioScreen)) {
        let mut told = self.told();
        change(&mut told.studio);
        (self.tell)(Message::Studio { studio: told.studio.clone() });
        self.changed.notify_one();
    }

    /// Which decision about who is in front holds.
    pub(super) fn turn(&self) -> u64 {
        self.told().turn
    }

    /// Decides that nobody is in front, or staff.
    pub(super) fn clear(&self, is_staff: bool) {
        self.told().turn += 1;
        self.show(|studio| (studio.in_front, studio.is_staff) = (None, is_staff));
    }

    /// Brings `profile` to the front, unless something else was decided since `turn`; answers whether it did.
    pub(super) fn bring(&self, profile: &Profile, turn: u64) -> bool {
        let mut told = self.told();
        if told.turn != turn {
            return false;
        }
        told.turn += 1;
        (told.studio.in_front, told.studio.is_staff) = (Some(profile.to_string()), false);
        (self.tell)(Message::Studio { studio: told.studio.clone() });
        self.changed.notify_one();
        true
    }

    /// Shows who is on `roster`.
    pub(super) fn show_people(&self, roster: &Roster) {
        let mut told = self.told();
        let mut people: Vec<PersonHere> = roster.regulars.iter().map(|regular| told.person(regular)).collect();
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.profile.clone()));
        told.studio.people = people;
        (self.tell)(Message::Studio { studio: told.studio.clone() });
    }

    /// Forgets what the agent of `profile` was at: there is none any longer.
    pub(super) fn forget(&self, profile: &Profile) {
        self.told().doing.remove(profile);
    }

    /// Whose profile is in front.
    pub(super) fn in_front(&self) -> Option<String> {
        self.told().studio.in_front.clone()
    }

    /// Whether the studio's way out is open.
    pub(super) fn is_staff(&self) -> bool {
        self.told().studio.is_staff
    }

    /// Whether the agent of `profile` has nothing to do unless its person is in front.
    pub(super) fn is_idle(&self, profile: &Profile) -> bool {
        self.told().doing.get(profile).is_some_and(Doing::is_idle)
    }

    /// Whether a session of anybody goes on.
    pub(super) fn somebody_trains(&self) -> bool {
        self.told().doing.values().any(|doing| !doing.sessions.is_empty())
    }

    /// Returns when somebody came or went, or began or ended something.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    /// Notes what an agent tells; answers whether that changes what is shown of its person.
    fn note(&mut self, profile: &Profile, message: &Message) -> bool {
        let doing = self.doing.entry(profile.clone()).or_default();
        let before = doing.clone();
        doing.note(message);
        if *doing == before {
            return false;
        }
        let (waiting, trains) = (doing.waiting, !doing.sessions.is_empty());
        for person in self.studio.people.iter_mut().filter(|person| person.profile == profile.as_str()) {
            (person.waiting, person.trains) = (waiting, trains);
        }
        true
    }

    fn person(&self, regular: &super::roster::Regular) -> PersonHere {
        let profile = regular.profile();
        let doing = self.doing.get(&profile).cloned().unwrap_or_default();
        PersonHere {
            profile: profile.to_string(),
            name: regular.name.clone(),
            waiting: doing.waiting,
            trains: !doing.sessions.is_empty(),
        }
    }
}
