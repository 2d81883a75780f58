//! Whether the database can be written: it may have become read-only, or its disk may be full.
//!
//! Only a write shows that. Readiness may be asked for by anybody and at any rate, so a result counts for a while.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::{Store, StoreError};
use crate::clock;

/// How long a result counts.
const VALID_FOR: Duration = Duration::from_secs(10);
/// How many bytes are written. A small write can still succeed on a full disk, in room that was used before.
const ROOM: usize = 8 * 1024;

/// The last check. Locked while one is made, so that there is one at a time.
#[derive(Default)]
pub(super) struct WriteCheck(Mutex<Option<Checked>>);

struct Checked {
    at: Instant,
    is_writable: bool,
}

impl Store {
    /// Whether the database could be written when that was last tried, a few seconds ago at most.
    ///
    /// # Errors
    /// Why not, the first time that it could not.
    pub(crate) async fn is_writable(&self) -> Result<bool, StoreError> {
        let mut last = self.write_check.0.lock().await;
        if let Some(last) = &*last
            && last.at.elapsed() < VALID_FOR
        {
            return Ok(last.is_writable);
        }
        let written = self.write_something().await;
        *last = Some(Checked { at: Instant::now(), is_writable: written.is_ok() });
        written.map(|()| true)
    }

    /// Writes and commits. The new row is added before the old one goes, so there has to be room for both.
    async fn write_something(&self) -> Result<(), StoreError> {
        let id = clock::now().as_millisecond();
        let mut tx = self.write().await?;
        let add = "INSERT INTO write_checks (id, filler) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET filler = $2";
        sqlx::query(add).bind(id).bind("x".repeat(ROOM)).execute(&mut *tx.0).await?;
        sqlx::query("DELETE FROM write_checks WHERE id <> $1").bind(id).execute(&mut *tx.0).await?;
        tx.commit().await
    }

    /// Forgets the last check.
    #[cfg(test)]
    pub(crate) async fn forget_write_check(&self) {
        *self.write_check.0.lock().await = None;
    }
}
