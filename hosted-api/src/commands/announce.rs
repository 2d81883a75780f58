//! Announces events to everybody who may see them, each in their own feed.

use std::collections::BTreeMap;
use std::sync::Arc;

use training::{Event, Part, SessionEvent, Timestamp, UserId};

use crate::accounts::DeviceId;
use crate::app::{App, run_to_completion};
use crate::feed::Wake;
use crate::http::ApiError;
use crate::store::{FeedEntry, StoreError, Tx};

/// What to announce, by person, and whose sign-ins have ended.
#[derive(Default)]
pub(crate) struct EventsByPerson {
    /// Ordered by user id. Feeds are locked in that order, so two commands never deadlock.
    entries: BTreeMap<UserId, Vec<FeedEntry>>,
    /// Whose feeds began anew in this transaction: their streams find that out by reading.
    new_epochs: Vec<UserId>,
    signed_out: Vec<SignedOut>,
}

/// Sign-ins that have ended.
#[derive(Clone, Copy, Debug)]
enum SignedOut {
    /// A person's on one device.
    Device(UserId, DeviceId),
    /// A person's on every device but perhaps one.
    Person { person: UserId, keep: Option<DeviceId> },
}

impl EventsByPerson {
    /// A session's events for its athlete and its trainer, each as far as they may see them.
    pub(crate) fn of_session(athlete: UserId, trainer: UserId, events: &[SessionEvent]) -> Self {
        let mut by_person = Self::default();
        // A session without a trainer names the athlete in the trainer's place.
        let trainer = Some((trainer, Part::Trainer)).filter(|_| trainer != athlete);
        for (person, part) in std::iter::once((athlete, Part::Athlete)).chain(trainer) {
            for event in events.iter().filter_map(|event| event.seen_by(part)) {
                by_person.add(person, Event::Session(event));
            }
        }
        by_person
    }

    /// One event, the same for everybody in `audience`.
    pub(crate) fn for_all(audience: impl IntoIterator<Item = UserId>, event: &Event) -> Self {
        let mut by_person = Self::default();
        for person in audience {
            by_person.add(person, event.clone());
        }
        by_person
    }

    /// An event for one person, after those they have already.
    pub(crate) fn add(&mut self, person: UserId, event: Event) {
        self.entries.entry(person).or_default().push(FeedEntry::Event(event));
    }

    /// What this person may see has changed: they need a new snapshot.
    pub(crate) fn reset(&mut self, person: UserId, at: Timestamp) {
        self.entries.entry(person).or_default().push(FeedEntry::Reset(at));
    }

    /// This person's feed has begun anew.
    pub(crate) fn new_epoch(&mut self, person: UserId) {
        self.new_epochs.push(person);
    }

    /// All sign-ins of this person have ended.
    pub(crate) fn sign_out(&mut self, person: UserId) {
        self.signed_out.push(SignedOut::Person { person, keep: None });
    }

    /// A person's sign-ins on all devices but this one have ended.
    pub(crate) fn sign_out_others(&mut self, person: UserId, keep: DeviceId) {
        self.signed_out.push(SignedOut::Person { person, keep: Some(keep) });
    }

    /// A person's sign-in on one device has ended.
    pub(crate) fn sign_out_device(&mut self, person: UserId, device: DeviceId) {
        self.signed_out.push(SignedOut::Device(person, device));
    }

    /// Adds what else is to be announced, before each feed's reset: nobody reads past one.
    pub(crate) fn add_before_resets(&mut self, other: Self) {
        for (person, entries) in other.entries {
            let known = self.entries.entry(person).or_default();
            let place = known.iter().position(|entry| matches!(entry, FeedEntry::Reset(_))).unwrap_or(known.len());
            known.splice(place..place, entries);
        }
        self.new_epochs.extend(other.new_epochs);
        self.signed_out.extend(other.signed_out);
    }
}

/// Whom to wake after the commit, and with what.
#[derive(Default)]
pub(super) struct Announcement {
    wakes: Vec<(UserId, Vec<Wake>)>,
    new_epochs: Vec<UserId>,
    signed_out: Vec<SignedOut>,
}

/// Appends the events to the feeds, in the command's own transaction.
pub(super) async fn announce(tx: &mut Tx, by_person: EventsByPerson) -> Result<Announcement, StoreError> {
    let EventsByPerson { entries, new_epochs, signed_out } = by_person;
    let mut announcement = Announcement { wakes: Vec::new(), new_epochs, signed_out };
    for (person, entries) in entries {
        if !entries.is_empty() {
            let (epoch, appended) = tx.append(person, &entries).await?;
            announcement.wakes.push((person, Wake::all(&epoch, &appended)));
        }
    }
    Ok(announcement)
}

impl Announcement {
    /// Commits, then wakes everybody: an announced event has happened.
    pub(super) async fn commit(self, tx: Tx, app: &App) -> Result<(), StoreError> {
        match tx.commit().await {
            Ok(()) => {
                self.wake(app);
                Ok(())
            }
            Err(error) => {
                // The commit may have succeeded all the same, and only its confirmation was lost.
                self.wake_to_reread(app);
                Err(error)
            }
        }
    }

    /// Makes every stream reread the table, and find out whether its sign-in has ended.
    fn wake_to_reread(self, app: &App) {
        let signed_out = self.signed_out.into_iter().map(|ended| match ended {
            SignedOut::Device(person, _) | SignedOut::Person { person, .. } => person,
        });
        for person in self.wakes.into_iter().map(|(person, _)| person).chain(self.new_epochs).chain(signed_out) {
            app.hub.wake(person, &[Wake::reread()]);
        }
    }

    fn wake(self, app: &App) {
        for (person, wakes) in self.wakes {
            app.metrics.events_appended(wakes.len());
            app.hub.wake(person, &wakes);
        }
        for person in self.new_epochs {
            app.hub.wake(person, &[Wake::reread()]);
        }
        for ended in self.signed_out {
            match ended {
                SignedOut::Device(person, device) => app.hub.sign_out(person, device),
                SignedOut::Person { person, keep } => app.hub.sign_out_all(person, keep),
            }
        }
    }
}

/// Announces what happened in a transaction, commits it, and wakes whom it concerns, for whatever is no [command].
///
/// Runs in its own task: once begun, it commits and wakes even if the client has disconnected.
///
/// [command]: super::Command
pub(crate) async fn commit_and_wake(app: &Arc<App>, mut tx: Tx, by_person: EventsByPerson) -> Result<(), ApiError> {
    let app = Arc::clone(app);
    run_to_completion(async move {
        let announcement = announce(&mut tx, by_person).await?;
        Ok(announcement.commit(tx, &app).await?)
    })
    .await
}
