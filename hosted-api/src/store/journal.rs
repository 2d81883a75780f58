//! The journals that trainers keep about athletes.

use sqlx::{Any, FromRow};
use training::notes::{JournalLimits, JournalSize};
use training::{JournalEntry, JournalEntryId, Person, Timestamp, UserId};

use super::accounts::is_trained;
use super::{Store, StoreError, Tx, codec};

/// How many bytes an entry has in a snapshot, roughly, beside its text.
const ENTRY_BYTES: i64 = 300;

/// An entry, perhaps one that is deleted.
pub(crate) struct JournalRow {
    /// The entry. If it is deleted, as it was then, but without its text.
    pub(crate) entry: JournalEntry,
    pub(crate) is_deleted: bool,
}

#[derive(FromRow)]
struct Row {
    id: String,
    athlete_id: String,
    by_id: String,
    by_name: String,
    at: i64,
    text: String,
    pinned: i64,
    deleted: i64,
    version: i64,
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "j.id, j.athlete_id, j.by_id, j.by_name, j.at, j.text, j.pinned, j.deleted, j.version"
    };
}

/// The query that reads entries.
macro_rules! select {
    ($end:literal) => {
        concat!("SELECT ", columns!(), " FROM journal_entries j ", $end)
    };
}

impl Row {
    fn read(self) -> Result<JournalRow, StoreError> {
        let by = Person { id: codec::id("user id", self.by_id)?, name: self.by_name };
        let entry = JournalEntry {
            id: codec::id("journal entry id", self.id)?,
            athlete_id: codec::id("user id", self.athlete_id)?,
            by,
            at: codec::instant(self.at)?,
            text: self.text,
            pinned: self.pinned == 1,
            version: codec::count(self.version),
        };
        Ok(JournalRow { entry, is_deleted: self.deleted == 1 })
    }

    fn entry(self) -> Result<JournalEntry, StoreError> {
        self.read().map(|row| row.entry)
    }
}

impl Store {
    /// Entries about an athlete, newest first, those after `after` if one is named.
    pub(crate) async fn journal(
        &self,
        athlete: UserId,
        after: Option<JournalEntryId>,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        const ALL: &str = select!("WHERE j.athlete_id = $1 AND j.deleted = 0 ORDER BY j.at DESC, j.id DESC LIMIT $2");
        // A deleted entry still has its place.
        const AFTER: &str = select!(
            "WHERE j.athlete_id = $1 AND j.deleted = 0 AND (j.at, j.id) < \
             (SELECT named.at, named.id FROM journal_entries named WHERE named.athlete_id = $1 AND named.id = $3) \
             ORDER BY j.at DESC, j.id DESC LIMIT $2"
        );
        let query = sqlx::query_as::<Any, Row>(if after.is_some() { AFTER } else { ALL });
        let query = query.bind(athlete.to_string()).bind(i64::from(limit));
        let rows =
            after.into_iter().fold(query, |query, after| query.bind(after.to_string())).fetch_all(&self.reader).await?;
        rows.into_iter().map(Row::entry).collect()
    }
}

impl Tx {
    /// The athlete that an entry is about, also of one that is deleted.
    pub(crate) async fn athlete_of_entry(&mut self, id: JournalEntryId) -> Result<Option<UserId>, StoreError> {
        let sql = "SELECT athlete_id FROM journal_entries WHERE id = $1";
        let athlete: Option<String> = sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        athlete.map(|athlete| codec::id("user id", athlete)).transpose()
    }

    /// An entry, also one that is deleted. Lock its athlete first.
    pub(crate) async fn journal_entry(&mut self, id: JournalEntryId) -> Result<Option<JournalRow>, StoreError> {
        const SQL: &str = select!("WHERE j.id = $1");
        let row: Option<Row> = sqlx::query_as(SQL).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(Row::read).transpose()
    }

    /// How many entries there are about an athlete besides this one.
    pub(crate) async fn journal_size(
        &mut self,
        athlete: UserId,
        but: JournalEntryId,
    ) -> Result<JournalSize, StoreError> {
        let sql = "SELECT COUNT(*), COUNT(CASE WHEN pinned = 1 THEN 1 END) FROM journal_entries \
                   WHERE athlete_id = $1 AND deleted = 0 AND id <> $2";
        let (entries, pinned): (i64, i64) =
            sqlx::query_as(sql).bind(athlete.to_string()).bind(but.to_string()).fetch_one(&mut *self.0).await?;
        let count = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(JournalSize { entries: count(entries), pinned: count(pinned) })
    }

    /// Of the journal about each athlete of a trainer, the pinned entries and the last ones, newest first; no more than
    /// [`JournalLimits::MAX_SNAPSHOT_BYTES`] of them. `recently` is since when somebody's training is recent.
    pub(crate) async fn journals_of_trainer(
        &mut self,
        trainer: UserId,
        recently: Timestamp,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        // The places are counted, and the bytes added up, without the texts, which are long.
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM journal_entries j JOIN (SELECT id, SUM(size) OVER (ORDER BY pinned DESC, is_recent DESC, at DESC, \
             id DESC ROWS UNBOUNDED PRECEDING) AS bytes FROM (SELECT e.id, e.pinned, e.at, OCTET_LENGTH(e.text) + $4 AS \
             size, athlete.is_recent, ROW_NUMBER() OVER (PARTITION BY e.athlete_id ORDER BY e.at DESC, e.id DESC) AS \
             place FROM journal_entries e JOIN (SELECT u.id, CASE WHEN EXISTS (SELECT 1 FROM sessions s WHERE \
             s.athlete_id = u.id AND s.started_at >= $3) THEN 1 ELSE 0 END AS is_recent FROM users u \
             WHERE u.trainer_id = $1 AND ",
            is_trained!("u"),
            ") athlete ON athlete.id = e.athlete_id WHERE e.deleted = 0) placed WHERE pinned = 1 OR place <= $2) kept \
             ON kept.id = j.id WHERE kept.bytes <= $5 ORDER BY j.at DESC, j.id DESC"
        );
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let rows: Vec<Row> = sqlx::query_as(SQL)
            .bind(trainer.to_string())
            .bind(number(JournalLimits::LAST_ENTRIES))
            .bind(recently.as_millisecond())
            .bind(ENTRY_BYTES)
            .bind(number(JournalLimits::MAX_SNAPSHOT_BYTES))
            .fetch_all(&mut *self.0)
            .await?;
        rows.into_iter().map(Row::entry).collect()
    }

    /// Adds an entry.
    pub(crate) async fn add_journal_entry(&mut self, entry: &JournalEntry) -> Result<(), StoreError> {
        let sql = "INSERT INTO journal_entries (id, athlete_id, by_id, by_name, at, text, pinned, version, deleted) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
        sqlx::query(sql)
            .bind(entry.id.to_string())
            .bind(entry.athlete_id.to_string())
            .bind(entry.by.id.to_string())
            .bind(&entry.by.name)
            .bind(entry.at.as_millisecond())
            .bind(&entry.text)
            .bind(i64::from(entry.pinned))
            .bind(codec::number(entry.version))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Stores an entry as it is now; one that was deleted is there again.
    pub(crate) async fn save_journal_entry(&mut self, entry: &JournalEntry) -> Result<(), StoreError> {
        let sql = "UPDATE journal_entries SET text = $2, pinned = $3, version = $4, deleted = 0 WHERE id = $1";
        sqlx::query(sql)
            .bind(entry.id.to_string())
            .bind(&entry.text)
            .bind(i64::from(entry.pinned))
            .bind(codec::number(entry.version))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Deletes an entry. Its text is gone; its row stays, for whoever undoes the deletion.
    pub(crate) async fn delete_journal_entry(&mut self, id: JournalEntryId) -> Result<(), StoreError> {
        let sql = "UPDATE journal_entries SET text = '', pinned = 0, deleted = 1 WHERE id = $1";
        sqlx::query(sql).bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }
}
