//! Deletes what is too old to be needed: feed events, idempotency records, tokens, entries of the audit log.

use training::{Timestamp, UserId};

use super::{Store, StoreError, Tx, codec};

/// The cut-off times for deletion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cutoffs {
    /// Deletes tokens that expired before this.
    pub(crate) tokens: Timestamp,
    /// Deletes feed events older than this.
    pub(crate) feed: Timestamp,
    /// Deletes idempotency records older than this.
    pub(crate) idempotency: Timestamp,
    /// Forgets known devices that were not used since.
    pub(crate) known_devices: Timestamp,
    /// Forgets files that were read before this and not committed.
    pub(crate) dry_runs: Timestamp,
    /// Forgets how to take back what was committed before this.
    pub(crate) committed_imports: Timestamp,
    /// Deletes entries of the audit log older than this.
    pub(crate) audit: Timestamp,
}

impl Store {
    /// Deletes everything before the cutoffs; returns the number of feed events deleted.
    pub(crate) async fn compact(&self, cutoffs: Cutoffs) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        tx.compact_tokens(cutoffs.tokens).await?;
        tx.compact_idempotency(cutoffs.idempotency).await?;
        tx.compact_known_devices(cutoffs.known_devices).await?;
        tx.compact_imports(cutoffs.dry_runs, cutoffs.committed_imports).await?;
        tx.compact_audit(cutoffs.audit).await?;
        tx.commit().await?;
        let sql = "SELECT DISTINCT user_id FROM feed_events WHERE at < $1";
        let users: Vec<String> =
            sqlx::query_scalar(sql).bind(cutoffs.feed.as_millisecond()).fetch_all(&self.reader).await?;
        let mut deleted = 0;
        // One transaction per feed, so that no command waits for the compaction of all feeds.
        for user in users {
            let mut tx = self.write().await?;
            deleted += tx.compact_feed(codec::id("user id", user)?, cutoffs.feed).await?;
            tx.commit().await?;
        }
        Ok(deleted)
    }
}

impl Tx {
    /// Removes old events from the beginning of a feed, and raises its floor to match.
    async fn compact_feed(&mut self, user: UserId, before: Timestamp) -> Result<u64, StoreError> {
        // Locked by a separate statement: on Postgres, one that waited would still see events as of before it waited.
        sqlx::query("UPDATE feeds SET head = head WHERE user_id = $1")
            .bind(user.to_string())
            .execute(&mut *self.0)
            .await?;
        // The floor ends below the first event that is kept, so that what remains has no gap even if clocks jumped.
        let sql = "UPDATE feeds SET floor = COALESCE((SELECT MIN(seq) - 1 FROM feed_events \
                   WHERE feed_events.user_id = feeds.user_id AND at >= $2), head) WHERE user_id = $1 RETURNING floor";
        let floor: i64 = sqlx::query_scalar(sql)
            .bind(user.to_string())
            .bind(before.as_millisecond())
            .fetch_one(&mut *self.0)
            .await?;
        let deleted = sqlx::query("DELETE FROM feed_events WHERE user_id = $1 AND seq <= $2")
            .bind(user.to_string())
            .bind(floor)
            .execute(&mut *self.0)
            .await?;
        Ok(deleted.rows_affected())
    }

    async fn compact_tokens(&mut self, before: Timestamp) -> Result<(), StoreError> {
        for sql in
            ["DELETE FROM access_tokens WHERE expires_at < $1", "DELETE FROM refresh_tokens WHERE expires_at < $1"]
        {
            sqlx::query(sql).bind(before.as_millisecond()).execute(&mut *self.0).await?;
        }
        // A device without a token can't be used again: its user signs in anew, as a new device.
        let sql = "DELETE FROM devices WHERE NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.device_id = devices.id) \
                   AND NOT EXISTS (SELECT 1 FROM access_tokens t WHERE t.device_id = devices.id)";
        sqlx::query(sql).execute(&mut *self.0).await?;
        Ok(())
    }

    async fn compact_audit(&mut self, before: Timestamp) -> Result<(), StoreError> {
        let sql = "DELETE FROM audit WHERE at < $1";
        sqlx::query(sql).bind(before.as_millisecond()).execute(&mut *self.0).await?;
        Ok(())
    }

    async fn compact_idempotency(&mut self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM idempotency WHERE created_at < $1")
            .bind(before.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
