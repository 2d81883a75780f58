//! What an athlete has here of an export of Ringside: it stays as it is.
//!
//! A session is known by the id it was exported with; one that has come back from another studio, by when it began, because
//! it has been given other ids on the way. Weights are known in the same way. Deliberately absent: files of other trackers,
//! whose sessions are compared by what they say.

use std::collections::{BTreeSet, HashSet};

use imports::{ImportIds, PlannedSession, PlannedWeight};
use training::{SessionId, Timestamp, UserId, WeightId};

/// The sessions of an athlete.
pub(super) struct SessionsHere {
    ids: HashSet<SessionId>,
    /// When those began that have the id of no import.
    starts: BTreeSet<Timestamp>,
}

impl SessionsHere {
    pub(super) fn of(athlete: UserId, sessions: impl IntoIterator<Item = (SessionId, Timestamp)>) -> Self {
        let mut here = Self { ids: HashSet::new(), starts: BTreeSet::new() };
        for (id, started_at) in sessions {
            here.ids.insert(id);
            if id != ImportIds::of(athlete, started_at).session() {
                here.starts.insert(started_at);
            }
        }
        here
    }

    /// Whether a session of an export is one of them.
    pub(super) fn have(&self, planned: &PlannedSession) -> bool {
        planned.original.is_some_and(|id| self.ids.contains(&id) || self.starts.contains(&planned.started_at))
    }
}

/// The weights of an athlete, also those they have deleted.
pub(super) struct WeightsHere {
    ids: HashSet<WeightId>,
    instants: BTreeSet<Timestamp>,
}

impl WeightsHere {
    pub(super) fn of(weights: impl IntoIterator<Item = (WeightId, Timestamp)>) -> Self {
        let (ids, instants) = weights.into_iter().unzip();
        Self { ids, instants }
    }

    /// Whether a weight of a file is one of them.
    pub(super) fn have(&self, athlete: UserId, planned: &PlannedWeight) -> bool {
        let of_an_export = |id: WeightId| self.ids.contains(&id) || self.instants.contains(&planned.at);
        self.ids.contains(&ImportIds::of(athlete, planned.at).weight()) || planned.original.is_some_and(of_an_export)
    }
}
