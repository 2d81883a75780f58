//! Private notes on sessions.

use sqlx::{Any, AssertSqlSafe, Executor, FromRow};
use training::{Note, SessionId};

use super::values::{PER_STATEMENT, parameters};
use super::{Store, StoreError, Tx, codec};

#[derive(FromRow)]
struct Row {
    session_id: String,
    text: String,
    version: i64,
}

impl Row {
    fn note(self) -> Result<Note, StoreError> {
        let session_id = codec::id("session id", self.session_id)?;
        Ok(Note { session_id, text: self.text, version: codec::count(self.version) })
    }
}

/// The note on a session; blank while there is none.
async fn find_note(executor: impl Executor<'_, Database = Any>, session: SessionId) -> Result<Note, StoreError> {
    let sql = "SELECT session_id, text, version FROM notes WHERE session_id = $1";
    let row: Option<Row> = sqlx::query_as(sql).bind(session.to_string()).fetch_optional(executor).await?;
    row.map_or_else(|| Ok(Note::blank(session)), Row::note)
}

impl Store {
    /// The note on a session; blank while there is none.
    pub(crate) async fn note(&self, session: SessionId) -> Result<Note, StoreError> {
        find_note(&self.reader, session).await
    }
}

impl Tx {
    /// The note on a session; blank while there is none. Lock the session first.
    pub(crate) async fn note(&mut self, session: SessionId) -> Result<Note, StoreError> {
        find_note(&mut *self.0, session).await
    }

    /// The notes on these sessions, in no particular order.
    pub(crate) async fn notes_on(&mut self, sessions: &[SessionId]) -> Result<Vec<Note>, StoreError> {
        let mut notes = Vec::new();
        for sessions in sessions.chunks(PER_STATEMENT) {
            let parameters = parameters(1, sessions.len());
            let sql = format!("SELECT session_id, text, version FROM notes WHERE session_id IN ({parameters})");
            let query = sqlx::query_as::<Any, Row>(AssertSqlSafe(sql));
            let ids = sessions.iter().map(SessionId::to_string);
            for row in ids.fold(query, sqlx::query::QueryAs::bind).fetch_all(&mut *self.0).await? {
                notes.push(row.note()?);
            }
        }
        Ok(notes)
    }

    /// Stores the note on a session that was locked in this transaction.
    pub(crate) async fn save_note(&mut self, note: &Note) -> Result<(), StoreError> {
        let sql = "INSERT INTO notes (session_id, text, version) VALUES ($1, $2, $3) \
                   ON CONFLICT (session_id) DO UPDATE SET text = excluded.text, version = excluded.version";
        sqlx::query(sql)
            .bind(note.session_id.to_string())
            .bind(&note.text)
            .bind(codec::number(note.version))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
