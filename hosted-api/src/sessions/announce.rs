//! Telling a session's two people what happened, each what they may see.

use training::{Part, Recorded, UserId};

use crate::app::App;
use crate::feed::Wake;
use crate::store::{StoreError, Tx};

/// Whom to wake after the commit, and with what.
#[derive(Default)]
pub(super) struct Announcement(Vec<(UserId, Vec<Wake>)>);

/// Appends events to both feeds, in the transaction that makes them happen.
pub(super) async fn announce(
    tx: &mut Tx,
    athlete: UserId,
    trainer: UserId,
    events: &[Recorded],
) -> Result<Announcement, StoreError> {
    let mut people = [(athlete, Part::Athlete), (trainer, Part::Trainer)];
    // Feeds are locked in the order of their owners' ids, so that two commands never wait for each other.
    people.sort_by_key(|(person, _)| *person);
    let mut announcement = Announcement::default();
    for (person, part) in people {
        let seen: Vec<Recorded> = events.iter().filter_map(|event| event.seen_by(part)).collect();
        if !seen.is_empty() {
            let (epoch, appended) = tx.append(person, &seen).await?;
            announcement.0.push((person, Wake::all(&epoch, &appended)));
        }
    }
    Ok(announcement)
}

impl Announcement {
    /// Has everybody read the table again: it is not known whether what would be announced has happened.
    pub(super) fn wake_to_reread(self, app: &App) {
        for (person, _) in self.0 {
            app.hub.wake(person, &[Wake::reread()]);
        }
    }

    /// Wakes everybody. Only after the commit: what is announced has happened.
    pub(super) fn wake(self, app: &App) {
        for (person, wakes) in self.0 {
            app.metrics.events_appended(wakes.len());
            app.hub.wake(person, &wakes);
        }
    }
}
