//! Devices that an account knows again. Only hashes of their tokens ever get here.

use training::{Timestamp, UserId};

use super::{Store, StoreError, Tx, codec};

/// How many devices an account remembers. The one that was used least recently is forgotten for a new one.
const MAX_KNOWN_DEVICES: i64 = 20;

impl Store {
    /// Whose device has the token with this hash.
    pub(crate) async fn known_device_of(&self, token_hash: &str) -> Result<Option<UserId>, StoreError> {
        let sql = "SELECT user_id FROM known_devices WHERE token_hash = $1";
        let user: Option<String> = sqlx::query_scalar(sql).bind(token_hash).fetch_optional(&self.reader).await?;
        user.map(|user| codec::id("user id", user)).transpose()
    }
}

impl Tx {
    /// Records that a person has signed in on a device with the token of this hash.
    pub(crate) async fn remember_device(
        &mut self,
        user: UserId,
        token_hash: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO known_devices (token_hash, user_id, used_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (token_hash) DO UPDATE SET used_at = excluded.used_at";
        sqlx::query(sql)
            .bind(token_hash)
            .bind(user.to_string())
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        let sql = "DELETE FROM known_devices WHERE user_id = $1 AND token_hash NOT IN (SELECT token_hash \
                   FROM known_devices WHERE user_id = $1 ORDER BY used_at DESC, token_hash LIMIT $2)";
        sqlx::query(sql).bind(user.to_string()).bind(MAX_KNOWN_DEVICES).execute(&mut *self.0).await?;
        Ok(())
    }

    /// Forgets devices that were not used for long.
    pub(super) async fn compact_known_devices(&mut self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM known_devices WHERE used_at < $1")
            .bind(before.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
