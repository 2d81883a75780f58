//! A model of the hosted API, which starts and stops.
//!
//! It implements what the contract promises and nothing more: anything else is tested against the real server. A
//! request is answered instantly; whatever takes time (transport, a held poll, a stream) is up to the
//! [`network`](super::network).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::rngs::StdRng;
use tokio::time::Instant;
use training::wire::{Account, Snapshot};
use training::{EntityRef, Exercise, RoundId, UserId};
use uuid::Uuid;

use super::answer::Reply;
use super::other_version::Version;
use super::request::ApiRequest;
use super::signal::Signal;
use super::state::State;

/// See the module.
pub(super) struct Server {
    state: Mutex<State>,
    /// Counts the server's starts and stops; odd while it is down.
    pub(super) restarts: Signal<u64>,
    /// Changes with every commit.
    pub(super) committed: Signal<u64>,
}

impl Server {
    pub(super) fn new(people: Vec<Account>, exercises: Vec<Exercise>, random: StdRng, version: Version) -> Self {
        let state = State::new(people, exercises, random, version);
        Self { state: Mutex::new(state), restarts: Signal::new(0), committed: Signal::new(0) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_up(&self) -> bool {
        self.restarts.get().is_multiple_of(2)
    }

    /// Stops at once, or restarts. Committed data is kept.
    pub(super) fn toggle(&self) {
        self.state().feeds.break_streams();
        self.restarts.increment();
    }

    /// Tells every stream to reconnect later, and stops.
    pub(super) fn drain(&self) {
        self.state().feeds.end_streams();
    }

    /// Deletes old events, as after thirty days.
    pub(super) fn compact(&self, keep: u64) {
        self.state().feeds.compact(keep);
    }

    /// Simulates a restore from a backup: sequence numbers can no longer be compared.
    pub(super) fn restore(&self) {
        self.state().begin_epoch();
    }

    /// Answers one request, at this instant.
    pub(super) fn serve(&self, request: &ApiRequest) -> Reply {
        let mut state = self.state();
        let before = state.feeds.event_count();
        let reply = state.serve(request);
        let after = state.feeds.event_count();
        drop(state);
        if after != before {
            self.committed.increment();
        }
        reply
    }

    /// Everything `person` should see.
    pub(super) fn expected_snapshot(&self, person: UserId) -> Snapshot {
        self.state().snapshot(person)
    }

    /// Whether it keeps records of athletes, which an older one does not.
    pub(super) fn keeps_records(&self) -> bool {
        self.state().keeps_records()
    }

    /// The keys of performed acts, in order; an act that was performed twice appears twice.
    pub(super) fn performed(&self) -> Vec<Uuid> {
        self.state().performed.clone()
    }

    /// Whether the session of a round has ended.
    pub(super) fn is_session_ended(&self, round: RoundId) -> bool {
        self.state().is_session_ended(round)
    }

    /// How many events are in all feeds.
    pub(super) fn event_count(&self) -> u64 {
        self.state().feeds.event_count() as u64
    }

    /// The newest version of each entity sent to `person` before `moment`, except those removed since.
    pub(super) fn versions_before(&self, person: UserId, moment: Instant) -> BTreeMap<EntityRef, u64> {
        self.state().versions_before(person, moment)
    }
}
