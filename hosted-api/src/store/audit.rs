//! The audit log. Entries are only ever added, each in the transaction of what it is about.

use sqlx::FromRow;
use training::people::{AuditAct, AuditEntry, AuditSubject, Erased};
use training::{Person, StudioId, Timestamp};
use uuid::Uuid;

use super::{Store, StoreError, Tx, codec};

/// Which entries to read, newest first.
pub(crate) struct AuditPage {
    /// Only those before this one.
    pub(crate) after: Option<Uuid>,
    pub(crate) limit: u32,
}

#[derive(FromRow)]
struct Row {
    id: String,
    at: i64,
    by_id: Option<String>,
    by_name: Option<String>,
    act: String,
    on_kind: String,
    on_id: String,
    on_name: String,
    erased: Option<String>,
}

impl Row {
    fn read(self) -> Result<(Uuid, AuditEntry), StoreError> {
        let by = match (self.by_id, self.by_name) {
            (Some(id), Some(name)) => Some(Person { id: codec::id("user id", id)?, name }),
            _ => None,
        };
        let on = AuditSubject { kind: codec::from_word("kind", self.on_kind)?, id: self.on_id, name: self.on_name };
        let erased = self.erased.map(|counts| codec::from_json("count", &counts)).transpose()?;
        let entry =
            AuditEntry { at: codec::instant(self.at)?, by, act: codec::from_word("act", self.act)?, on, erased };
        Ok((codec::id("entry id", self.id)?, entry))
    }
}

impl Tx {
    /// Adds an entry to a studio's log; without a studio, to that of every studio of the server.
    pub(crate) async fn record(
        &mut self,
        studio: Option<StudioId>,
        by: Option<&Person>,
        act: AuditAct,
        on: &AuditSubject,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.add_entry(studio, by, (act, on, None), at).await
    }

    /// Adds the entry about somebody who was erased by `by`, with how much that was.
    pub(crate) async fn record_erasure(
        &mut self,
        studio: StudioId,
        by: &Person,
        on: &Person,
        erased: &Erased,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.add_entry(Some(studio), Some(by), (AuditAct::UserErased, &on.into(), Some(codec::json(erased)?)), at).await
    }

    async fn add_entry(
        &mut self,
        studio: Option<StudioId>,
        by: Option<&Person>,
        (act, on, erased): (AuditAct, &AuditSubject, Option<String>),
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO audit (id, studio_id, at, by_id, by_name, act, on_kind, on_id, on_name, erased) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        sqlx::query(sql)
            .bind(Uuid::now_v7().to_string())
            .bind(studio.map(|studio| studio.to_string()))
            .bind(at.as_millisecond())
            .bind(by.map(|person| person.id.to_string()))
            .bind(by.map(|person| person.name.clone()))
            .bind(act.as_str())
            .bind(on.kind.as_str())
            .bind(&on.id)
            .bind(&on.name)
            .bind(erased)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}

impl Store {
    /// A studio's entries with their ids, newest first.
    pub(crate) async fn audit(
        &self,
        studio: StudioId,
        page: &AuditPage,
    ) -> Result<Vec<(Uuid, AuditEntry)>, StoreError> {
        // Ids begin with the time of the entry, so they sort by it.
        let sql = "SELECT id, at, by_id, by_name, act, on_kind, on_id, on_name, erased FROM audit \
                   WHERE (studio_id = $1 OR studio_id IS NULL) AND id < $2 ORDER BY id DESC LIMIT $3";
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(studio.to_string())
            .bind(page.after.map_or_else(|| codec::MAX_ID.to_owned(), |id| id.to_string()))
            .bind(i64::from(page.limit))
            .fetch_all(&self.reader)
            .await?;
        rows.into_iter().map(Row::read).collect()
    }
}
