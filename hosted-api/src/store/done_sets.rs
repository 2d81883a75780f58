//! The sets that athletes have done: taken from their sessions whenever one is stored (`projections`).

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Any, Executor};
use training::progress::{DoneSet, LastDone, PlacedSet, sets_of};
use training::{ExerciseId, ExerciseKind, Session, Timestamp, UserId};

use super::projections::RoundChanges;
use super::{Store, StoreError, Tx, codec};

/// Which sets are asked for.
pub(crate) struct SetFilter {
    pub(crate) athlete: UserId,
    pub(crate) exercise: ExerciseId,
    /// Only those of the sessions of this trainer.
    pub(crate) trainer: Option<UserId>,
    /// Only working sets.
    pub(crate) working: bool,
    pub(crate) limit: u32,
}

impl Store {
    /// An athlete's sets of an exercise, newest first.
    pub(crate) async fn done_sets(&self, filter: &SetFilter) -> Result<Vec<DoneSet>, StoreError> {
        find_sets(&self.reader, filter).await
    }
}

impl Tx {
    /// What an athlete did with each of these exercises the last time.
    pub(crate) async fn last_done(
        &mut self,
        athlete: UserId,
        exercises: &[ExerciseId],
    ) -> Result<BTreeMap<ExerciseId, LastDone>, StoreError> {
        let mut last = BTreeMap::new();
        for exercise in exercises.iter().copied().collect::<BTreeSet<_>>() {
            let filter = SetFilter { athlete, exercise, trainer: None, working: true, limit: 1 };
            let newest = find_sets(&mut *self.0, &filter).await?;
            last.extend(newest.first().map(|set| (exercise, set.into())));
        }
        Ok(last)
    }

    /// An athlete's sets of an exercise since `since`, newest first.
    pub(super) async fn sets_since(
        &mut self,
        athlete: UserId,
        exercise: ExerciseId,
        since: Timestamp,
    ) -> Result<Vec<DoneSet>, StoreError> {
        let sql = "SELECT document FROM done_sets WHERE athlete_id = $1 AND exercise_id = $2 AND at >= $3 \
                   ORDER BY at DESC, session_id DESC, round_number DESC, position DESC";
        let rows: Vec<String> = sqlx::query_scalar(sql)
            .bind(athlete.to_string())
            .bind(exercise.to_string())
            .bind(since.as_millisecond())
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(|document| read(document)).collect()
    }

    /// Brings the sets of a session up to date with its document; returns the exercises whose sets have changed.
    pub(super) async fn store_sets(
        &mut self,
        changes: &RoundChanges,
        after: &Session,
    ) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let mut exercises = BTreeSet::new();
        match changes {
            RoundChanges::Unknown => {
                let sql = "DELETE FROM done_sets WHERE session_id = $1 RETURNING exercise_id";
                exercises.extend(self.delete_sets(sql, after.id.to_string()).await?);
            }
            RoundChanges::Completed(rounds) | RoundChanges::Changed(rounds) => {
                for round in rounds {
                    let sql = "DELETE FROM done_sets WHERE round_id = $1 RETURNING exercise_id";
                    exercises.extend(self.delete_sets(sql, round.to_string()).await?);
                }
            }
        }
        for placed in sets_of(after).into_iter().filter(|placed| changes.concern(placed.set.round_id)) {
            self.add_set(after.athlete.id, &placed).await?;
            exercises.insert(placed.exercise_id);
        }
        Ok(exercises)
    }

    async fn delete_sets(&mut self, sql: &'static str, of: String) -> Result<Vec<ExerciseId>, StoreError> {
        let deleted: Vec<String> = sqlx::query_scalar(sql).bind(of).fetch_all(&mut *self.0).await?;
        deleted.into_iter().map(|id| codec::id("exercise id", id)).collect()
    }

    pub(super) async fn add_set(&mut self, athlete: UserId, placed: &PlacedSet) -> Result<(), StoreError> {
        let sql = "INSERT INTO done_sets (item_id, session_id, round_id, athlete_id, exercise_id, at, round_number, \
                   position, document, kind) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        sqlx::query(sql)
            .bind(placed.set.item_id.to_string())
            .bind(placed.set.session_id.to_string())
            .bind(placed.set.round_id.to_string())
            .bind(athlete.to_string())
            .bind(placed.exercise_id.to_string())
            .bind(placed.set.at.as_millisecond())
            .bind(i64::from(placed.round_number))
            .bind(i64::from(placed.position))
            .bind(codec::json(&placed.set)?)
            .bind(codec::word(&placed.set.kind)?)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}

async fn find_sets(
    executor: impl Executor<'_, Database = Any>,
    filter: &SetFilter,
) -> Result<Vec<DoneSet>, StoreError> {
    let sql = "SELECT d.document FROM done_sets d JOIN sessions s ON s.id = d.session_id \
               WHERE d.athlete_id = $1 AND d.exercise_id = $2 AND ($3 = '' OR s.trainer_id = $3) \
               AND ($4 = '' OR d.kind = $4) \
               ORDER BY d.at DESC, d.session_id DESC, d.round_number DESC, d.position DESC LIMIT $5";
    let rows: Vec<String> = sqlx::query_scalar(sql)
        .bind(filter.athlete.to_string())
        .bind(filter.exercise.to_string())
        .bind(filter.trainer.map(|trainer| trainer.to_string()).unwrap_or_default())
        .bind(if filter.working { codec::word(&ExerciseKind::Working)? } else { String::new() })
        .bind(i64::from(filter.limit))
        .fetch_all(executor)
        .await?;
    rows.iter().map(|document| read(document)).collect()
}

/// A set as it is stored, with the estimate that this version makes of it.
fn read(document: &str) -> Result<DoneSet, StoreError> {
    Ok(codec::from_json::<DoneSet>("set", document)?.estimated())
}
