//! Athletes: who may see what they did, and their records.
//!
//! A record changes with a session, the rest of an athlete with their account. Whoever changes one of the two locks the
//! row of the records, after the session or the person and before any feed, and then reads the other. So the versions
//! that trainers are sent rise.

use std::collections::BTreeSet;

use sqlx::{Any, Executor};
use training::progress::{ExerciseProgress, ExerciseRecord, record_start};
use training::{Athlete, ExerciseId, Timestamp, UserId};

use super::accounts::is_trained;
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

/// How many athletes there are of this id and this trainer.
macro_rules! count_trained {
    () => {
        concat!("SELECT COUNT(*) FROM users u WHERE u.id = $1 AND u.trainer_id = $2 AND ", is_trained!("u"))
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
            count_trained!(),
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

impl Store {
    /// Whether a trainer is the one an athlete is assigned to.
    pub(crate) async fn is_trained_by(&self, athlete: UserId, trainer: UserId) -> Result<bool, StoreError> {
        is_trained_by(&self.reader, athlete, trainer).await
    }
}

async fn is_trained_by(
    executor: impl Executor<'_, Database = Any>,
    athlete: UserId,
    trainer: UserId,
) -> Result<bool, StoreError> {
    let found: i64 = sqlx::query_scalar(count_trained!())
        .bind(athlete.to_string())
        .bind(trainer.to_string())
        .fetch_one(executor)
        .await?;
    Ok(found > 0)
}

impl Tx {
    /// Whether a trainer is the one an athlete is assigned to.
    pub(crate) async fn is_trained_by(&mut self, athlete: UserId, trainer: UserId) -> Result<bool, StoreError> {
        is_trained_by(&mut *self.0, athlete, trainer).await
    }

    /// Who trains an athlete; nobody if they are deactivated or no athlete any more. Whoever announces their records has
    /// locked them.
    pub(crate) async fn trainer_of(&mut self, athlete: UserId) -> Result<Option<UserId>, StoreError> {
        let sql = concat!("SELECT u.trainer_id FROM users u WHERE u.id = $1 AND ", is_trained!("u"));
        let trainer: Option<String> =
            sqlx::query_scalar(sql).bind(athlete.to_string()).fetch_optional(&mut *self.0).await?;
        trainer.map(|id| codec::id("user id", id)).transpose()
    }

    /// Locks an athlete if they are assigned to this trainer; returns whether they are. Whoever changes their journal, or
    /// their trainer, waits for this transaction.
    pub(crate) async fn lock_trainee(&mut self, athlete: UserId, trainer: UserId) -> Result<bool, StoreError> {
        let sql = concat!(
            "UPDATE users AS u SET active = u.active WHERE u.id = $1 AND u.trainer_id = $2 AND ",
            is_trained!("u")
        );
        let locked = sqlx::query(sql).bind(athlete.to_string()).bind(trainer.to_string()).execute(&mut *self.0).await?;
        Ok(locked.rows_affected() == 1)
    }

    /// Makes whoever changes an athlete's records wait for this transaction, and waits for whoever is at it.
    pub(crate) async fn lock_athlete_records(&mut self, id: UserId) -> Result<(), StoreError> {
        self.lock_records(id).await.map(drop)
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
        let sets = self.sets_since(id, exercises, record_start(now)).await?;
        after.extend(sets.iter().filter_map(|(exercise, sets)| ExerciseProgress::of(*exercise, sets)));
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

    /// The exercises that an athlete has records of. The records stay locked.
    pub(crate) async fn exercises_on_record(&mut self, id: UserId) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let records = self.lock_records(id).await?;
        Ok(records.progress.iter().map(|progress| progress.exercise_id).collect())
    }

    /// The athletes assigned to a trainer, by name, as they are at `now`.
    pub(crate) async fn athletes_of(&mut self, trainer: UserId, now: Timestamp) -> Result<Vec<Athlete>, StoreError> {
        let sql = concat!(
            "SELECT u.id, u.name, u.version + COALESCE(r.version, 0), COALESCE(r.document, '[]') \
             FROM users u LEFT JOIN athlete_records r ON r.athlete_id = u.id WHERE u.trainer_id = $1 AND ",
            is_trained!("u"),
            " ORDER BY u.sort_key, u.id"
        );
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
