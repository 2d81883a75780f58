//! Who of the athletes is there, for the trainers they are assigned to: what is true only now, kept in memory and in no
//! feed.
//!
//! An athlete is there while they have a stream or a poll, and for [`PresenceTiming::OFFLINE_AFTER`] after the last one has
//! ended, so that a reconnection is no absence. Each trainer's stream watches the trainer's athletes as they were when it was
//! opened: whoever gets or loses an athlete gets a reset too.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use training::wire::{Presence, PresenceTiming};
use training::{Timestamp, UserId};

use crate::clock;

/// Who is there, as this server knows.
#[derive(Default)]
pub(crate) struct Attendance {
    state: Mutex<State>,
    /// Somebody's last stream or poll has ended.
    ended: Notify,
}

#[derive(Default)]
struct State {
    /// Those who are there.
    present: HashMap<UserId, Present>,
    /// The trainers' streams, by athlete.
    watchers: HashMap<UserId, Vec<Arc<Mailbox>>>,
}

struct Present {
    since: Timestamp,
    /// Their streams and polls.
    open: usize,
    /// When the last one ended, if none is open.
    ended: Option<(Instant, Timestamp)>,
}

/// The changes that a stream has not sent yet: at most one for each athlete, however slow its client is.
#[derive(Default)]
struct Mailbox {
    changes: Mutex<BTreeMap<UserId, Presence>>,
    filled: Notify,
}

/// An athlete's stream or poll; dropping it ends it.
pub(crate) struct Attending {
    attendance: Arc<Attendance>,
    athlete: UserId,
}

/// What a trainer's stream watches; dropping it ends that.
pub(crate) struct Watch {
    attendance: Arc<Attendance>,
    athletes: HashSet<UserId>,
    mailbox: Arc<Mailbox>,
}

impl Attendance {
    /// Records a stream or a poll of an athlete, until it is dropped.
    pub(crate) fn attend(self: &Arc<Self>, athlete: UserId) -> Attending {
        self.begin(athlete, clock::now());
        Attending { attendance: Arc::clone(self), athlete }
    }

    /// Watches a trainer's athletes. Those who are there come first.
    pub(super) fn watch(self: &Arc<Self>, athletes: HashSet<UserId>) -> Watch {
        let mailbox = Arc::new(Mailbox::default());
        let mut state = self.lock();
        for athlete in &athletes {
            if let Some(present) = state.present.get(athlete) {
                mailbox.put(Presence { athlete_id: *athlete, online: true, since: present.since });
            }
            state.watchers.entry(*athlete).or_default().push(Arc::clone(&mailbox));
        }
        drop(state);
        Watch { attendance: Arc::clone(self), athletes, mailbox }
    }

    /// Says who has gone, once they have been away for long enough. Never returns.
    pub(crate) async fn run(&self) {
        loop {
            let due = self.expire(Instant::now());
            tokio::select! {
                biased;
                () = self.ended.notified() => {}
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
            }
        }
    }

    fn begin(&self, athlete: UserId, at: Timestamp) {
        let mut state = self.lock();
        if let Some(present) = state.present.get_mut(&athlete) {
            present.open += 1;
            present.ended = None;
            return;
        }
        state.present.insert(athlete, Present { since: at, open: 1, ended: None });
        state.announce(Presence { athlete_id: athlete, online: true, since: at });
    }

    fn end(&self, athlete: UserId, now: Instant, at: Timestamp) {
        let mut state = self.lock();
        let Some(present) = state.present.get_mut(&athlete) else { return };
        present.open = present.open.saturating_sub(1);
        if present.open == 0 {
            present.ended = Some((now, at));
            drop(state);
            self.ended.notify_one();
        }
    }

    /// Says who has been away for long enough by `now`; returns when the next one will have been.
    fn expire(&self, now: Instant) -> Option<Instant> {
        let mut state = self.lock();
        let due = |present: &Present| present.ended.map(|(ended, _)| ended + PresenceTiming::OFFLINE_AFTER);
        let gone: Vec<UserId> = state
            .present
            .iter()
            .filter(|(_, present)| due(present).is_some_and(|due| due <= now))
            .map(|(athlete, _)| *athlete)
            .collect();
        for athlete_id in gone {
            if let Some(Present { ended: Some((_, since)), .. }) = state.present.remove(&athlete_id) {
                state.announce(Presence { athlete_id, online: false, since });
            }
        }
        state.present.values().filter_map(due).min()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing here panics midway through a change, so even a poisoned lock guards consistent data.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn announce(&self, presence: Presence) {
        for mailbox in self.watchers.get(&presence.athlete_id).into_iter().flatten() {
            mailbox.put(presence);
        }
    }
}

impl Mailbox {
    fn put(&self, presence: Presence) {
        self.lock().insert(presence.athlete_id, presence);
        self.filled.notify_one();
    }

    fn take(&self) -> Vec<Presence> {
        mem::take(&mut *self.lock()).into_values().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<UserId, Presence>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// What has changed and was not taken yet; at first, who is there.
    pub(super) fn take(&self) -> Vec<Presence> {
        self.mailbox.take()
    }

    /// Returns when there may be something to take.
    pub(super) async fn changed(&self) {
        self.mailbox.filled.notified().await;
    }
}

impl Drop for Attending {
    fn drop(&mut self) {
        self.attendance.end(self.athlete, Instant::now(), clock::now());
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut state = self.attendance.lock();
        for athlete in &self.athletes {
            let Some(watchers) = state.watchers.get_mut(athlete) else { continue };
            watchers.retain(|mailbox| !Arc::ptr_eq(mailbox, &self.mailbox));
            if watchers.is_empty() {
                state.watchers.remove(athlete);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millisecond(second * 1_000).expect("an instant")
    }

    fn athlete(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn is(number: u128, online: bool, second: i64) -> Presence {
        Presence { athlete_id: athlete(number), online, since: at(second) }
    }

    #[tokio::test(start_paused = true)]
    async fn b60_an_athlete_is_offline_twenty_seconds_after_their_last_stream_ended() {
        let attendance = Arc::new(Attendance::default());
        let (watch, start) = (attendance.watch([athlete(1)].into()), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        attendance.begin(athlete(1), at(0));
        attendance.begin(athlete(1), at(1));
        assert_eq!(watch.take(), [is(1, true, 0)], "a second stream changes nothing");
        attendance.end(athlete(1), after(2), at(2));
        assert_eq!(attendance.expire(after(100)), None, "one is left");
        attendance.end(athlete(1), after(100), at(100));
        assert_eq!(attendance.expire(after(119)), Some(after(120)));
        assert_eq!(watch.take(), []);
        assert_eq!(attendance.expire(after(120)), None);
        assert_eq!(watch.take(), [is(1, false, 100)], "since the line was lost");
    }

    #[tokio::test(start_paused = true)]
    async fn who_reconnects_within_twenty_seconds_was_never_away() {
        let attendance = Arc::new(Attendance::default());
        attendance.begin(athlete(1), at(0));
        let watch = attendance.watch([athlete(1)].into());
        assert_eq!(watch.take(), [is(1, true, 0)]);
        let start = Instant::now();
        attendance.end(athlete(1), start, at(5));
        attendance.begin(athlete(1), at(20));
        assert_eq!(attendance.expire(start + Duration::from_mins(1)), None);
        assert_eq!(watch.take(), []);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_learns_only_of_the_athletes_it_watches_and_of_the_last_change_of_each() {
        let attendance = Arc::new(Attendance::default());
        attendance.begin(athlete(1), at(0));
        attendance.begin(athlete(2), at(0));
        let watch = attendance.watch([athlete(1), athlete(3)].into());
        attendance.begin(athlete(3), at(4));
        attendance.end(athlete(1), Instant::now(), at(5));
        attendance.expire(Instant::now() + PresenceTiming::OFFLINE_AFTER);
        assert_eq!(watch.take(), [is(1, false, 5), is(3, true, 4)]);
        drop(watch);
        assert!(attendance.lock().watchers.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_gone_is_said_without_being_asked() {
        let attendance = Arc::new(Attendance::default());
        let running = tokio::spawn({
            let attendance = Arc::clone(&attendance);
            async move { attendance.run().await }
        });
        let watch = attendance.watch([athlete(1)].into());
        let began = Instant::now();
        drop(attendance.attend(athlete(1)));
        assert!(watch.take()[0].online);
        watch.changed().await;
        // What was taken before may have left a notification behind.
        if watch.mailbox.lock().is_empty() {
            watch.changed().await;
        }
        assert!(!watch.take()[0].online);
        assert_eq!(began.elapsed().as_secs(), PresenceTiming::OFFLINE_AFTER.as_secs());
        running.abort();
    }
}
