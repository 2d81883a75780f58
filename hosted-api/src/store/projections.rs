//! What is derived from a session whenever one is stored: its sets, its facts, and the bests that follow from these.
//!
//! All of it changes in the transaction that stores the session, and only when a completed round does. A server of the
//! version before stores a session without; such sessions are found by their version (`sessions.projected_version`) and
//! taken up later: `commands/records.rs`. Deliberately absent: the records, which are an entity and announced.

use std::collections::BTreeSet;

use sqlx::{Any, Executor};
use training::{ExerciseId, Round, RoundId, RoundStatus, Session, UserId};

use super::session_format::FORMAT;
use super::{Store, StoreError, Tx, codec};

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

/// What has changed by the projection of a session.
#[derive(Default)]
pub(super) struct Projected {
    /// The exercises whose sets have changed.
    pub(super) exercises: BTreeSet<ExerciseId>,
    /// Those whose bests are to be made anew.
    pub(super) stale_bests: BTreeSet<ExerciseId>,
}

impl Projected {
    /// Adds what has changed by another one.
    pub(super) fn add(&mut self, other: Self) {
        self.exercises.extend(other.exercises);
        self.stale_bests.extend(other.stale_bests);
    }
}

impl Store {
    /// The next athlete after `after` with sessions that are not projected. Usually there is none.
    pub(crate) async fn athlete_not_projected(&self, after: Option<UserId>) -> Result<Option<UserId>, StoreError> {
        let sql = "SELECT athlete_id FROM sessions WHERE projected_version < version AND format <= $1 AND athlete_id > $2 \
                   ORDER BY athlete_id LIMIT 1";
        let found: Option<String> = sqlx::query_scalar(sql)
            .bind(FORMAT)
            .bind(after.map(|id| id.to_string()).unwrap_or_default())
            .fetch_optional(&self.reader)
            .await?;
        found.map(|id| codec::id("user id", id)).transpose()
    }

    /// Whether this athlete has sessions that are not projected.
    pub(crate) async fn lacks_projections(&self, athlete: UserId) -> Result<bool, StoreError> {
        Ok(count_not_projected(&self.reader, athlete).await? > 0)
    }
}

async fn count_not_projected(
    executor: impl Executor<'_, Database = Any>,
    athlete: UserId,
) -> Result<usize, StoreError> {
    let sql = "SELECT COUNT(*) FROM sessions WHERE projected_version < version AND format <= $1 AND athlete_id = $2";
    let found: i64 = sqlx::query_scalar(sql).bind(FORMAT).bind(athlete.to_string()).fetch_one(executor).await?;
    Ok(usize::try_from(found).unwrap_or_default())
}

impl Tx {
    /// How many of an athlete's sessions are not projected.
    pub(crate) async fn not_projected(&mut self, athlete: UserId) -> Result<usize, StoreError> {
        count_not_projected(&mut *self.0, athlete).await
    }

    /// Brings what is derived from a session up to date with its document; returns the exercises whose sets have changed.
    pub(super) async fn project(
        &mut self,
        changes: &RoundChanges,
        after: &Session,
    ) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let projected = self.project_without_bests(changes, after).await?;
        self.refold_bests(after.athlete.id, &projected.stale_bests).await?;
        Ok(projected.exercises)
    }

    /// The same, for whoever makes the bests of several sessions anew at once.
    pub(super) async fn project_without_bests(
        &mut self,
        changes: &RoundChanges,
        after: &Session,
    ) -> Result<Projected, StoreError> {
        // Of nearly every act there is none, and then nothing is worked out.
        if changes.is_none() {
            return Ok(Projected::default());
        }
        // The athlete's bests are read and written: one transaction after the other.
        self.lock_athlete_records(after.athlete.id).await?;
        let stale_bests = self.store_facts(changes, after).await?;
        Ok(Projected { exercises: self.store_sets(changes, after).await?, stale_bests })
    }
}

/// The completed rounds of a session.
pub(super) fn completed(session: &Session) -> impl Iterator<Item = &Round> {
    session.rounds.iter().filter(|round| round.status == RoundStatus::Completed)
}

fn with_version(round: &Round) -> (RoundId, u64) {
    (round.id, round.version)
}
