//! What athletes weigh.

use sqlx::{Any, Executor, FromRow};
use training::weights::WeightLimits;
use training::{ImportId, Timestamp, UserId, Weight, WeightId};

use super::accounts::is_trained;
use super::values::Insert;
use super::{Store, StoreError, Tx, codec};

/// How many bytes a weight has in a snapshot, roughly, beside its note.
const WEIGHT_BYTES: i64 = 200;

/// A weight, perhaps one that is deleted.
pub(crate) struct WeightRow {
    /// The weight. If it is deleted, only when it was is left of it.
    pub(crate) weight: Weight,
    pub(crate) is_deleted: bool,
}

#[derive(FromRow)]
struct Row {
    id: String,
    athlete_id: String,
    grams: i64,
    at: i64,
    note: Option<String>,
    deleted: i64,
    version: i64,
}

/// The query that reads weights.
macro_rules! select {
    ($($end:expr),+) => {
        concat!("SELECT w.id, w.athlete_id, w.grams, w.at, w.note, w.deleted, w.version FROM weights w ", $($end),+)
    };
}

impl Row {
    fn read(self) -> Result<WeightRow, StoreError> {
        let weight = Weight {
            id: codec::id("weight id", self.id)?,
            athlete_id: codec::id("user id", self.athlete_id)?,
            weight_kg: kilograms(self.grams),
            at: codec::instant(self.at)?,
            note: self.note,
            version: codec::count(self.version),
        };
        Ok(WeightRow { weight, is_deleted: self.deleted == 1 })
    }

    fn weight(self) -> Result<Weight, StoreError> {
        self.read().map(|row| row.weight)
    }
}

impl Store {
    /// An athlete's weights, newest first, those after `after` if one is named.
    pub(crate) async fn weights(
        &self,
        athlete: UserId,
        after: Option<WeightId>,
        limit: u32,
    ) -> Result<Vec<Weight>, StoreError> {
        const ALL: &str = select!("WHERE w.athlete_id = $1 AND w.deleted = 0 ORDER BY w.at DESC, w.id DESC LIMIT $2");
        // A deleted weight still has its place.
        const AFTER: &str = select!(
            "WHERE w.athlete_id = $1 AND w.deleted = 0 AND (w.at, w.id) < \
             (SELECT named.at, named.id FROM weights named WHERE named.athlete_id = $1 AND named.id = $3) \
             ORDER BY w.at DESC, w.id DESC LIMIT $2"
        );
        let query = sqlx::query_as::<Any, Row>(if after.is_some() { AFTER } else { ALL });
        let query = query.bind(athlete.to_string()).bind(i64::from(limit));
        let rows =
            after.into_iter().fold(query, |query, after| query.bind(after.to_string())).fetch_all(&self.reader).await?;
        rows.into_iter().map(Row::weight).collect()
    }
}

impl Store {
    /// All weights of an athlete, also those that were deleted, but for those of this import.
    pub(crate) async fn weights_known(
        &self,
        athlete: UserId,
        but: ImportId,
    ) -> Result<Vec<(WeightId, Timestamp)>, StoreError> {
        weights_known(&self.reader, athlete, but).await
    }
}

async fn weights_known(
    executor: impl Executor<'_, Database = Any>,
    athlete: UserId,
    but: ImportId,
) -> Result<Vec<(WeightId, Timestamp)>, StoreError> {
    let sql = "SELECT id, at FROM weights WHERE athlete_id = $1 AND (import_id IS NULL OR import_id <> $2)";
    let query = sqlx::query_as(sql).bind(athlete.to_string()).bind(but.to_string());
    let rows: Vec<(String, i64)> = query.fetch_all(executor).await?;
    rows.into_iter().map(|(id, at)| Ok((codec::id("weight id", id)?, codec::instant(at)?))).collect()
}

impl Tx {
    /// Whose a weight is, also of one that is deleted.
    pub(crate) async fn athlete_of_weight(&mut self, id: WeightId) -> Result<Option<UserId>, StoreError> {
        let sql = "SELECT athlete_id FROM weights WHERE id = $1";
        let athlete: Option<String> = sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        athlete.map(|athlete| codec::id("user id", athlete)).transpose()
    }

    /// A weight, also one that is deleted. Lock its athlete first.
    pub(crate) async fn weight(&mut self, id: WeightId) -> Result<Option<WeightRow>, StoreError> {
        const SQL: &str = select!("WHERE w.id = $1");
        let row: Option<Row> = sqlx::query_as(SQL).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(Row::read).transpose()
    }

    /// An athlete's weights of `from` or later and before `to`, oldest first.
    pub(crate) async fn weights_between(
        &mut self,
        athlete: UserId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Vec<Weight>, StoreError> {
        const SQL: &str =
            select!("WHERE w.athlete_id = $1 AND w.deleted = 0 AND w.at >= $2 AND w.at < $3 ORDER BY w.at, w.id");
        let rows: Vec<Row> = sqlx::query_as(SQL)
            .bind(athlete.to_string())
            .bind(from.map_or(i64::MIN, Timestamp::as_millisecond))
            .bind(to.map_or(i64::MAX, Timestamp::as_millisecond))
            .fetch_all(&mut *self.0)
            .await?;
        rows.into_iter().map(Row::weight).collect()
    }

    /// How many weights an athlete has.
    pub(crate) async fn count_weights(&mut self, athlete: UserId) -> Result<usize, StoreError> {
        let sql = "SELECT COUNT(*) FROM weights WHERE athlete_id = $1 AND deleted = 0";
        let count: i64 = sqlx::query_scalar(sql).bind(athlete.to_string()).fetch_one(&mut *self.0).await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// The last weights since `since` of a person and of each athlete assigned to them, newest first; no more than
    /// [`WeightLimits::MAX_SNAPSHOT_BYTES`] of them.
    pub(crate) async fn weights_seen_by(
        &mut self,
        person: UserId,
        since: Timestamp,
    ) -> Result<Vec<Weight>, StoreError> {
        const SQL: &str = select!(
            "JOIN (SELECT id, SUM(size) OVER (ORDER BY at DESC, id DESC ROWS UNBOUNDED PRECEDING) AS bytes FROM \
             (SELECT e.id, e.at, OCTET_LENGTH(COALESCE(e.note, '')) + $4 AS size, ROW_NUMBER() OVER (PARTITION BY \
             e.athlete_id ORDER BY e.at DESC, e.id DESC) AS place FROM weights e WHERE e.deleted = 0 AND e.at >= $2 AND \
             e.athlete_id IN (SELECT u.id FROM users u WHERE u.id = $1 OR (u.trainer_id = $1 AND ",
            is_trained!("u"),
            "))) placed WHERE place <= $3) kept ON kept.id = w.id WHERE kept.bytes <= $5 ORDER BY w.at DESC, w.id DESC"
        );
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let rows: Vec<Row> = sqlx::query_as(SQL)
            .bind(person.to_string())
            .bind(since.as_millisecond())
            .bind(number(WeightLimits::LAST_WEIGHTS))
            .bind(WEIGHT_BYTES)
            .bind(number(WeightLimits::MAX_SNAPSHOT_BYTES))
            .fetch_all(&mut *self.0)
            .await?;
        rows.into_iter().map(Row::weight).collect()
    }

    /// Adds weights, many with each statement. Those of an import are taken back with it.
    pub(crate) async fn add_weights(&mut self, weights: &[Weight], import: Option<ImportId>) -> Result<(), StoreError> {
        let import = import.map(|id| id.to_string());
        let insert = Insert { into: "weights (id, athlete_id, grams, at, note, version, import_id, deleted)", end: "" };
        self.insert_rows(insert, weights, |query, weight| {
            Ok(query
                .bind(weight.id.to_string())
                .bind(weight.athlete_id.to_string())
                .bind(grams(weight))
                .bind(weight.at.as_millisecond())
                .bind(weight.note.clone())
                .bind(codec::number(weight.version))
                .bind(import.clone())
                .bind(0_i64))
        })
        .await
    }

    /// All weights of an athlete, also those that were deleted, but for those of this import.
    pub(crate) async fn weights_known(
        &mut self,
        athlete: UserId,
        but: ImportId,
    ) -> Result<Vec<(WeightId, Timestamp)>, StoreError> {
        weights_known(&mut *self.0, athlete, but).await
    }

    /// Removes the weights that came from an import; returns whether there were any.
    pub(crate) async fn remove_imported_weights(&mut self, import: ImportId) -> Result<bool, StoreError> {
        let sql = "DELETE FROM weights WHERE import_id = $1";
        let removed = sqlx::query(sql).bind(import.to_string()).execute(&mut *self.0).await?;
        Ok(removed.rows_affected() > 0)
    }

    /// Stores a weight as it is now; one that was deleted is there again.
    pub(crate) async fn save_weight(&mut self, weight: &Weight) -> Result<(), StoreError> {
        let sql = "UPDATE weights SET grams = $2, at = $3, note = $4, version = $5, deleted = 0 WHERE id = $1";
        sqlx::query(sql)
            .bind(weight.id.to_string())
            .bind(grams(weight))
            .bind(weight.at.as_millisecond())
            .bind(&weight.note)
            .bind(codec::number(weight.version))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Deletes a weight. What it said is gone; its row stays, for whoever undoes the deletion.
    pub(crate) async fn delete_weight(&mut self, id: WeightId) -> Result<(), StoreError> {
        let sql = "UPDATE weights SET grams = 0, note = NULL, deleted = 1 WHERE id = $1";
        sqlx::query(sql).bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }
}

/// A weight in whole grams.
fn grams(weight: &Weight) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "the rules keep it to 300 kilograms")]
    let grams = (weight.weight_kg * 1_000.0).round() as i64;
    grams
}

fn kilograms(grams: i64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a weight in grams is far below 2^52")]
    let grams = grams as f64;
    grams / 1_000.0
}
