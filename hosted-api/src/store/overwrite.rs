//! What SQLite keeps of deleted rows: nothing, once [`Store::overwrite_deleted`] is done.
//!
//! With `secure_delete`, deleted content is overwritten with zeros. That leaves copies that moved within the file while
//! pages were balanced, and whatever a version before this setting has left; `VACUUM` writes all pages anew. The log still
//! has the pages from before, so it is emptied into the file before and after, and cut to nothing.
//!
//! Deliberately absent: Postgres, whose files are the operator's (`docs/operating.md`).

use sqlx::AnyPool;

use super::{Store, StoreError};

/// Somebody was still reading from the log.
const BUSY: i64 = 1;

impl Store {
    /// Overwrites what was deleted, if this program can. Returns whether it is done: not while somebody reads pages of the
    /// log.
    pub(crate) async fn overwrite_deleted(&self) -> Result<bool, StoreError> {
        if self.is_shared() {
            return Ok(true);
        }
        // Old pages that the file is about to lose get their zeros first.
        empty_log(&self.writer).await?;
        sqlx::query("VACUUM").execute(&self.writer).await?;
        empty_log(&self.writer).await
    }
}

/// Writes the log into the file and cuts it; whether nobody was in the way.
async fn empty_log(writer: &AnyPool) -> Result<bool, StoreError> {
    let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(writer).await?;
    Ok(busy != BUSY)
}
