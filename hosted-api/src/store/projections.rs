//! What is derived from a session whenever one is stored: its sets, its facts, and the bests that follow from these.
//!
//! All of it changes in the transaction that stores the session, and only when a completed round does. A server of the
//! version before stores a session without; such sessions are found by their version (`sessions.projected_version`) and
//! taken up later: `commands/records.rs`. Deliberately absent: the records, which are an entity and announced.

use std::collections::BTreeSet;

use training::{ExerciseId, Round, RoundId, RoundStatus, Session};

use super::{StoreError, Tx};

/// How the completed rounds of a session differ from those that are projected.
pub(super) enum RoundChanges {
    /// Rounds were completed, and nothing else has changed.
    Completed(BTreeSet<RoundId>),
    /// Rounds have other values.
    Changed(BTreeSet<RoundId>),
    /// It is not known what is projected.
    Unknown,
}

impl RoundChanges {
    /// From what is projected of `before`; of nothing if it is absent.
    pub(super) fn since(before: Option<&Session>, after: &Session) -> Self {
        let known: BTreeSet<(RoundId, u64)> = before.into_iter().flat_map(completed).map(with_version).collect();
        let now: BTreeSet<(RoundId, u64)> = completed(after).map(with_version).collect();
        let changed = now.difference(&known).map(|(round, _)| *round).collect();
        // A completed round is never deleted, so whatever is missing now has another version.
        if known.is_subset(&now) { Self::Completed(changed) } else { Self::Changed(changed) }
    }

    fn is_none(&self) -> bool {
        matches!(self, Self::Completed(rounds) if rounds.is_empty())
    }

    /// Whether this round is projected anew.
    pub(super) fn concern(&self, round: RoundId) -> bool {
        match self {
            Self::Completed(rounds) | Self::Changed(rounds) => rounds.contains(&round),
            Self::Unknown => true,
        }
    }
}

impl Tx {
    /// Brings what is derived from a session up to date with its document; returns the exercises whose sets have changed.
    pub(super) async fn project(
        &mut self,
        changes: &RoundChanges,
        after: &Session,
    ) -> Result<BTreeSet<ExerciseId>, StoreError> {
        // Of nearly every act there is none, and then nothing is worked out.
        if changes.is_none() {
            return Ok(BTreeSet::new());
        }
        // The athlete's bests are read and written: one transaction after the other.
        self.lock_athlete_records(after.athlete.id).await?;
        self.store_facts(changes, after).await?;
        self.store_sets(changes, after).await
    }
}

/// The completed rounds of a session.
pub(super) fn completed(session: &Session) -> impl Iterator<Item = &Round> {
    session.rounds.iter().filter(|round| round.status == RoundStatus::Completed)
}

fn with_version(round: &Round) -> (RoundId, u64) {
    (round.id, round.version)
}
