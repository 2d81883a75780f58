//! Which sessions came from which import.

use std::collections::BTreeMap;

use imports::SessionDigest;
use sqlx::FromRow;
use training::{ImportId, Session, SessionId, Timestamp, UserId};

use crate::store::values::Insert;
use crate::store::{Store, StoreError, Tx, codec};

/// A session of an athlete, as far as an import is compared with it.
#[derive(Clone, Debug)]
pub(crate) struct StoredSession {
    pub(crate) started_at: Timestamp,
    pub(crate) version: u64,
    /// How many sets are stored of it.
    pub(crate) sets: u32,
    /// The import that it came from last, if it did: which one, the hash of what its file says, and the version it stored.
    pub(crate) import: Option<(ImportId, SessionDigest, u64)>,
}

impl StoredSession {
    /// Whether it still is what the import stored.
    pub(crate) fn is_untouched(&self) -> bool {
        self.import.as_ref().is_some_and(|(_, _, version)| *version == self.version)
    }

    /// Whether a file with this hash says the same, as far as is known.
    pub(crate) fn is_same(&self, digest: &SessionDigest) -> bool {
        self.import.as_ref().is_none_or(|(_, known, _)| known.agrees_with(digest))
    }
}

/// A session that came from an import.
#[derive(Clone, Debug)]
pub(crate) struct ImportedSession {
    pub(crate) session: SessionId,
    pub(crate) seq: i64,
    pub(crate) import: ImportId,
    pub(crate) digest: SessionDigest,
    pub(crate) version: u64,
    /// What was there before.
    pub(crate) replaced: Option<Session>,
}

#[derive(FromRow)]
struct Row {
    session_id: String,
    seq: i64,
    import_id: String,
    digest: String,
    version: i64,
    replaced: Option<String>,
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "session_id, seq, import_id, digest, version, replaced"
    };
}

impl Row {
    fn read(self) -> Result<ImportedSession, StoreError> {
        Ok(ImportedSession {
            session: codec::id("session id", self.session_id)?,
            seq: self.seq,
            import: codec::id("import id", self.import_id)?,
            digest: SessionDigest::stored(self.digest),
            version: codec::count(self.version),
            replaced: self.replaced.map(|replaced| codec::from_json("session", &replaced)).transpose()?,
        })
    }
}

#[derive(FromRow)]
struct StoredRow {
    id: String,
    started_at: i64,
    version: i64,
    sets: i64,
    import_id: Option<String>,
    digest: Option<String>,
    imported_version: Option<i64>,
}

impl Store {
    /// All sessions of an athlete, as far as an import is compared with them.
    pub(crate) async fn stored_sessions(
        &self,
        athlete: UserId,
    ) -> Result<BTreeMap<SessionId, StoredSession>, StoreError> {
        let sql = "SELECT s.id, s.started_at, s.version, i.import_id, i.digest, i.version AS imported_version, \
                   (SELECT COUNT(*) FROM done_sets d WHERE d.session_id = s.id) AS sets \
                   FROM sessions s LEFT JOIN imported_sessions i ON i.session_id = s.id AND i.seq = \
                   (SELECT MAX(last.seq) FROM imported_sessions last WHERE last.session_id = s.id) \
                   WHERE s.athlete_id = $1";
        let rows: Vec<StoredRow> = sqlx::query_as(sql).bind(athlete.to_string()).fetch_all(&self.reader).await?;
        let read = |row: StoredRow| {
            let import = match (row.import_id, row.digest, row.imported_version) {
                (Some(id), Some(digest), Some(version)) => {
                    Some((codec::id("import id", id)?, SessionDigest::stored(digest), codec::count(version)))
                }
                _ => None,
            };
            let sets = u32::try_from(row.sets).unwrap_or(u32::MAX);
            let (started_at, version) = (codec::instant(row.started_at)?, codec::count(row.version));
            Ok((codec::id("session id", row.id)?, StoredSession { started_at, version, sets, import }))
        };
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// When an athlete's sessions began.
    pub(crate) async fn session_starts(&mut self, athlete: UserId) -> Result<Vec<(SessionId, Timestamp)>, StoreError> {
        let sql = "SELECT id, started_at FROM sessions WHERE athlete_id = $1";
        let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(athlete.to_string()).fetch_all(&mut *self.0).await?;
        rows.into_iter().map(|(id, at)| Ok((codec::id("session id", id)?, codec::instant(at)?))).collect()
    }

    /// What a session came from last, if it came from an import.
    pub(crate) async fn imported_session(&mut self, id: SessionId) -> Result<Option<ImportedSession>, StoreError> {
        let sql =
            concat!("SELECT ", columns!(), " FROM imported_sessions WHERE session_id = $1 ORDER BY seq DESC LIMIT 1");
        let row: Option<Row> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(Row::read).transpose()
    }

    /// Some of the sessions that came from an import.
    pub(crate) async fn sessions_of_import(
        &mut self,
        import: ImportId,
        limit: u32,
    ) -> Result<Vec<ImportedSession>, StoreError> {
        let sql =
            concat!("SELECT ", columns!(), " FROM imported_sessions WHERE import_id = $1 ORDER BY session_id LIMIT $2");
        let rows: Vec<Row> =
            sqlx::query_as(sql).bind(import.to_string()).bind(i64::from(limit)).fetch_all(&mut *self.0).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Whether sessions came from an import.
    pub(crate) async fn has_imported_sessions(&mut self, import: ImportId) -> Result<bool, StoreError> {
        Ok(!self.sessions_of_import(import, 1).await?.is_empty())
    }

    /// Stores that sessions came from an import.
    pub(crate) async fn add_imported_sessions(&mut self, imported: &[ImportedSession]) -> Result<(), StoreError> {
        let insert = Insert { into: concat!("imported_sessions (", columns!(), ")"), end: "" };
        self.insert_rows(insert, imported, |query, imported| {
            Ok(query
                .bind(imported.session.to_string())
                .bind(imported.seq)
                .bind(imported.import.to_string())
                .bind(imported.digest.as_str())
                .bind(codec::number(imported.version))
                .bind(imported.replaced.as_ref().map(codec::json).transpose()?))
        })
        .await
    }

    /// Forgets that a session came from this import. If a later one has replaced it, what was there before this one is what
    /// that one goes back to; returns whether there is a later one.
    pub(crate) async fn remove_imported_session(&mut self, imported: &ImportedSession) -> Result<bool, StoreError> {
        let sql = "UPDATE imported_sessions SET replaced = (SELECT own.replaced FROM imported_sessions own \
                   WHERE own.session_id = $1 AND own.seq = $2) WHERE session_id = $1 AND seq = \
                   (SELECT MIN(next.seq) FROM imported_sessions next WHERE next.session_id = $1 AND next.seq > $2)";
        let session = imported.session.to_string();
        let later = sqlx::query(sql).bind(&session).bind(imported.seq).execute(&mut *self.0).await?.rows_affected();
        sqlx::query("DELETE FROM imported_sessions WHERE session_id = $1 AND seq = $2")
            .bind(&session)
            .bind(imported.seq)
            .execute(&mut *self.0)
            .await?;
        Ok(later > 0)
    }

    /// Stores which version a session has that is again what an earlier import stored.
    pub(crate) async fn set_imported_version(&mut self, id: SessionId, version: u64) -> Result<(), StoreError> {
        let sql = "UPDATE imported_sessions SET version = $2 WHERE session_id = $1 AND seq = \
                   (SELECT MAX(last.seq) FROM imported_sessions last WHERE last.session_id = $1)";
        sqlx::query(sql).bind(id.to_string()).bind(codec::number(version)).execute(&mut *self.0).await?;
        Ok(())
    }
}
