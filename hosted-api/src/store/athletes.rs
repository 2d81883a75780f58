//! Athletes: who may see what they did, and their records.
//!
//! A record changes with a session, the rest of an athlete with their account. Whoever changes one of the two locks the
//! row of the records, after the session or the person and before any feed, and then reads the other. So the versions
//! that trainers are sent rise.

use std::collections::BTreeSet;

use training::progress::{ExerciseProgress, ExerciseRecord, record_start};
use training::{Athlete, ExerciseId, Timestamp, UserId};

use super::{Store, StoreError, Tx, codec};

/// What a person is to an athlete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// They are the athlete.
    Themself,
    /// The athlete is assigned to them.
    Trainer,
    /// They have led sessions of the athlete.
    FormerTrainer,
}

/// An active trainer who is assigned to a person.
macro_rules! is_assigned {
    () => {
        "SELECT COUNT(*) FROM users u JOIN users t ON t.id = u.trainer_id \
         WHERE u.id = $1 AND t.id = $2 AND t.active = 1 AND t.roles LIKE '%\"trainer\"%'"
    };
}

impl Store {
    /// What a person is to an athlete; none for everybody else.
    pub(crate) async fn relation(&self, athlete: UserId, person: UserId) -> Result<Option<Relation>, StoreError> {
        if athlete == person {
            return Ok(Some(Relation::Themself));
        }
        let sql = concat!(
            "SELECT (",
            is_assigned!(),
            "), (SELECT COUNT(*) FROM sessions WHERE athlete_id = $1 AND trainer_id = $2)"
        );
        let (assigned, led): (i64, i64) =
            sqlx::query_as(sql).bind(athlete.to_string()).bind(person.to_string()).fetch_one(&self.reader).await?;
        Ok(match (assigned, led) {
            (1.., _) => Some(Relation::Trainer),
            (_, 1..) => Some(Relation::FormerTrainer),
            _ => None,
        })
    }
}

impl Tx {
    /// Whether an athlete is assigned to this trainer.
    pub(crate) async fn is_assigned(&mut self, athlete: UserId, trainer: UserId) -> Result<bool, StoreError> {
        let assigned: i64 = sqlx::query_scalar(is_assigned!())
            .bind(athlete.to_string())
            .bind(trainer.to_string())
            .fetch_one(&mut *self.0)
            .await?;
        Ok(assigned > 0)
    }

    /// An athlete as their trainer sees them at `now`. Their records stay locked.
    pub(crate) async fn lock_athlete(&mut self, id: UserId, now: Timestamp) -> Result<Athlete, StoreError> {
        let records = self.lock_records(id).await?;
        // Read by another statement: on Postgres, one that waited for the lock would see what was there before.
        let sql = "SELECT name, version FROM users WHERE id = $1";
        let (name, version): (String, i64) = sqlx::query_as(sql).bind(id.to_string()).fetch_one(&mut *self.0).await?;
        let version = codec::count(version + records.version);
        Ok(Athlete { id, name, records: current(&records.progress, now), version })
    }

    /// Works an athlete's records of these exercises out anew; returns the athlete if any has changed by that.
    pub(crate) async fn update_records(
        &mut self,
        id: UserId,
        exercises: &BTreeSet<ExerciseId>,
        now: Timestamp,
    ) -> Result<Option<Athlete>, StoreError> {
        if exercises.is_empty() {
            return Ok(None);
        }
        let Records { progress: before, .. } = self.lock_records(id).await?;
        let mut after: Vec<ExerciseProgress> =
            before.iter().filter(|progress| !exercises.contains(&progress.exercise_id)).cloned().collect();
        for exercise in exercises {
            let sets = self.sets_since(id, *exercise, record_start(now)).await?;
            after.extend(ExerciseProgress::of(*exercise, &sets));
        }
        after.sort_by_key(|progress| progress.exercise_id);
        let has_changed = current(&before, now) != current(&after, now);
        let sql = "UPDATE athlete_records SET document = $2, version = version + $3 WHERE athlete_id = $1";
        sqlx::query(sql)
            .bind(id.to_string())
            .bind(codec::json(&after)?)
            .bind(i64::from(has_changed))
            .execute(&mut *self.0)
            .await?;
        if has_changed { self.lock_athlete(id, now).await.map(Some) } else { Ok(None) }
    }

    /// The active athletes assigned to a trainer, by name, as they are at `now`.
    pub(crate) async fn athletes_of(&mut self, trainer: UserId, now: Timestamp) -> Result<Vec<Athlete>, StoreError> {
        let sql = "SELECT u.id, u.name, u.version + COALESCE(r.version, 0), COALESCE(r.document, '[]') \
                   FROM users u LEFT JOIN athlete_records r ON r.athlete_id = u.id \
                   WHERE u.trainer_id = $1 AND u.active = 1 AND u.roles LIKE '%\"athlete\"%' ORDER BY u.sort_key, u.id";
        let rows: Vec<(String, String, i64, String)> =
            sqlx::query_as(sql).bind(trainer.to_string()).fetch_all(&mut *self.0).await?;
        let read = |(id, name, version, progress): (String, String, i64, String)| {
            let progress: Vec<ExerciseProgress> = codec::from_json("records", &progress)?;
            let (id, version) = (codec::id("user id", id)?, codec::count(version));
            Ok(Athlete { id, name, records: current(&progress, now), version })
        };
        rows.into_iter().map(read).collect()
    }

    async fn lock_records(&mut self, id: UserId) -> Result<Records, StoreError> {
        let sql = "INSERT INTO athlete_records (athlete_id, version, document) VALUES ($1, 0, '[]') \
                   ON CONFLICT (athlete_id) DO UPDATE SET version = athlete_records.version RETURNING version, document";
        let (version, document): (i64, String) =
            sqlx::query_as(sql).bind(id.to_string()).fetch_one(&mut *self.0).await?;
        Ok(Records { version, progress: codec::from_json("records", &document)? })
    }
}

/// An athlete's records as they are stored.
struct Records {
    version: i64,
    progress: Vec<ExerciseProgress>,
}

fn current(progress: &[ExerciseProgress], now: Timestamp) -> Vec<ExerciseRecord> {
    progress.iter().filter_map(|progress| progress.record(now)).collect()
}
