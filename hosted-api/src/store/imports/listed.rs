//! The imports of an athlete that can be taken back, as they are listed.

use std::time::Duration;

use sqlx::FromRow;
use training::imports::ImportSummary;
use training::{ImportId, Person, Timestamp, UserId};

use crate::clock;
use crate::store::{Store, StoreError, codec};

#[derive(FromRow)]
struct Row {
    id: String,
    by_id: String,
    by_name: String,
    state: String,
    format: String,
    sessions: i64,
    weights: i64,
    committed_at: i64,
}

impl Row {
    fn read(self, within: Duration) -> Result<ImportSummary, StoreError> {
        let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        let committed_at = codec::instant(self.committed_at)?;
        Ok(ImportSummary {
            id: codec::id("import id", self.id)?,
            by: Person { id: codec::id("user id", self.by_id)?, name: self.by_name },
            state: codec::from_word("state", self.state)?,
            format: codec::from_word("format", self.format)?,
            sessions: count(self.sessions),
            weights: count(self.weights),
            committed_at,
            take_back_until: clock::after(committed_at, within),
        })
    }
}

impl Store {
    /// The imports of an athlete that were committed `within` this time before `now` and are not being taken back, the
    /// newest first.
    pub(crate) async fn imports_of(
        &self,
        athlete: UserId,
        (now, within): (Timestamp, Duration),
        after: Option<ImportId>,
        limit: u32,
    ) -> Result<Vec<ImportSummary>, StoreError> {
        let sql = "SELECT i.id, i.by_id, i.by_name, i.state, i.format, i.committed_at, \
                   (SELECT COUNT(DISTINCT s.session_id) FROM imported_sessions s WHERE s.import_id = i.id) AS sessions, \
                   (SELECT COUNT(*) FROM weights w WHERE w.import_id = i.id AND w.deleted = 0) AS weights \
                   FROM imports i WHERE i.athlete_id = $1 AND i.state IN ('committing', 'committed') \
                   AND i.committed_at >= $2 AND ($3 = '' OR i.id < $3) ORDER BY i.id DESC LIMIT $4";
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(athlete.to_string())
            .bind(clock::before(now, within).as_millisecond())
            .bind(after.map(|id| id.to_string()).unwrap_or_default())
            .bind(i64::from(limit))
            .fetch_all(&self.reader)
            .await?;
        rows.into_iter().map(|row| row.read(within)).collect()
    }
}
