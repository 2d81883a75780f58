//! The sets that athletes have done: taken from their sessions whenever one is stored (`projections`).

use std::collections::{BTreeMap, BTreeSet};

use sqlx::query::QueryAs;
use sqlx::{Any, AssertSqlSafe, Executor};
use training::progress::{DoneSet, LastDone, PlacedSet, sets_of};
use training::{ExerciseId, ExerciseKind, Session, Timestamp, UserId};

use super::projections::RoundChanges;
use super::values::{Insert, PER_STATEMENT, parameters};
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

    /// An athlete's sets of each of these exercises since `since`, newest first.
    pub(super) async fn sets_since(
        &mut self,
        athlete: UserId,
        exercises: &BTreeSet<ExerciseId>,
        since: Timestamp,
    ) -> Result<BTreeMap<ExerciseId, Vec<DoneSet>>, StoreError> {
        let mut sets: BTreeMap<ExerciseId, Vec<DoneSet>> = BTreeMap::new();
        let ids: Vec<String> = exercises.iter().map(ExerciseId::to_string).collect();
        for ids in ids.chunks(PER_STATEMENT) {
            let sql = format!(
                "SELECT exercise_id, document FROM done_sets WHERE athlete_id = $1 AND at >= $2 AND exercise_id IN ({}) \
                 ORDER BY at DESC, session_id DESC, round_number DESC, position DESC",
                parameters(3, ids.len())
            );
            let query = sqlx::query_as::<Any, (String, String)>(AssertSqlSafe(sql));
            let query = query.bind(athlete.to_string()).bind(since.as_millisecond());
            for (id, document) in ids.iter().fold(query, QueryAs::bind).fetch_all(&mut *self.0).await? {
                sets.entry(codec::id("exercise id", id)?).or_default().push(read(&document)?);
            }
        }
        Ok(sets)
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
        let mut sets = sets_of(after);
        sets.retain(|placed| changes.concern(placed.set.round_id));
        exercises.extend(sets.iter().map(|placed| placed.exercise_id));
        self.add_sets(after.athlete.id, &sets).await?;
        Ok(exercises)
    }

    async fn delete_sets(&mut self, sql: &'static str, of: String) -> Result<Vec<ExerciseId>, StoreError> {
        let deleted: Vec<String> = sqlx::query_scalar(sql).bind(of).fetch_all(&mut *self.0).await?;
        deleted.into_iter().map(|id| codec::id("exercise id", id)).collect()
    }

    pub(super) async fn add_sets(&mut self, athlete: UserId, sets: &[PlacedSet]) -> Result<(), StoreError> {
        let insert = Insert {
            into: "done_sets (item_id, session_id, round_id, athlete_id, exercise_id, at, round_number, position, \
                   document, kind)",
            end: "",
        };
        self.insert_rows(insert, sets, |query, placed| {
            Ok(query
                .bind(placed.set.item_id.to_string())
                .bind(placed.set.session_id.to_string())
                .bind(placed.set.round_id.to_string())
                .bind(athlete.to_string())
                .bind(placed.exercise_id.to_string())
                .bind(placed.set.at.as_millisecond())
                .bind(i64::from(placed.round_number))
                .bind(i64::from(placed.position))
                .bind(codec::json(&placed.set)?)
                .bind(codec::word(&placed.set.kind)?))
        })
        .await
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
