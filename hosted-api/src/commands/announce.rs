//! Announces events to everybody who may see them, each in their own feed.

use std::collections::BTreeMap;

use training::{Event, Part, SessionEvent, UserId};

use crate::app::App;
use crate::feed::Wake;
use crate::store::{StoreError, Tx};

/// The events to announce, by person.
///
/// Ordered by user id. Feeds are locked in that order, so two commands never deadlock.
#[derive(Default)]
pub(crate) struct EventsByPerson(BTreeMap<UserId, Vec<Event>>);

impl EventsByPerson {
    /// A session's events for its athlete and its trainer, each as far as they may see them.
    pub(crate) fn of_session(athlete: UserId, trainer: UserId, events: &[SessionEvent]) -> Self {
        let mut by_person = Self::default();
        for (person, part) in [(athlete, Part::Athlete), (trainer, Part::Trainer)] {
            let seen = events.iter().filter_map(|event| event.seen_by(part)).map(Event::Session);
            by_person.0.entry(person).or_default().extend(seen);
        }
        by_person
    }

    /// One event, the same for everybody in `audience`.
    pub(crate) fn for_all(audience: impl IntoIterator<Item = UserId>, event: &Event) -> Self {
        Self(audience.into_iter().map(|person| (person, vec![event.clone()])).collect())
    }
}

/// Whom to wake after the commit, and with what.
#[derive(Default)]
pub(super) struct Announcement(Vec<(UserId, Vec<Wake>)>);

/// Appends the events to the feeds, in the command's own transaction.
pub(super) async fn announce(tx: &mut Tx, events: EventsByPerson) -> Result<Announcement, StoreError> {
    let mut announcement = Announcement::default();
    for (person, events) in events.0 {
        if !events.is_empty() {
            let (epoch, appended) = tx.append(person, &events).await?;
            announcement.0.push((person, Wake::all(&epoch, &appended)));
        }
    }
    Ok(announcement)
}

impl Announcement {
    /// Makes every stream reread the table, for when it is unknown whether the commit succeeded.
    pub(super) fn wake_to_reread(self, app: &App) {
        for (person, _) in self.0 {
            app.hub.wake(person, &[Wake::reread()]);
        }
    }

    /// Wakes everybody. Only after the commit: an announced event has happened.
    pub(super) fn wake(self, app: &App) {
        for (person, wakes) in self.0 {
            app.metrics.events_appended(wakes.len());
            app.hub.wake(person, &wakes);
        }
    }
}
