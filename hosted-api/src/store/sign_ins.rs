//! Devices as people see them: where somebody is signed in, and when they were last there.

use training::people::Device;
use training::{Timestamp, UserId};

use super::{Store, StoreError, Tx, codec};
use crate::accounts::DeviceId;

impl Store {
    /// The devices a person is signed in on, the one last seen first. It may be one of them that asks.
    pub(crate) async fn devices_of(&self, user: UserId, asking: DeviceId) -> Result<Vec<Device>, StoreError> {
        let sql = "SELECT id, name, created_at, COALESCE(last_seen_at, created_at) AS seen FROM devices \
                   WHERE user_id = $1 AND revoked_at IS NULL ORDER BY seen DESC, id DESC";
        let rows: Vec<(String, String, i64, i64)> =
            sqlx::query_as(sql).bind(user.to_string()).fetch_all(&self.reader).await?;
        let device = |(id, name, created_at, seen)| {
            let id = codec::id("device id", id)?;
            Ok(Device {
                id,
                is_current: DeviceId::from(id) == asking,
                name,
                created_at: codec::instant(created_at)?,
                last_seen_at: codec::instant(seen)?,
            })
        };
        rows.into_iter().map(device).collect()
    }
}

impl Tx {
    /// Records that a device got new tokens.
    pub(crate) async fn record_seen_device(
        &mut self,
        device: DeviceId,
        user: UserId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE devices SET last_seen_at = $2 WHERE id = $1")
            .bind(device.to_string())
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        self.record_seen(user, at).await
    }

    /// Records that a person was there.
    pub(super) async fn record_seen(&mut self, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO last_seen (user_id, at) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET at = $2";
        sqlx::query(sql).bind(user.to_string()).bind(at.as_millisecond()).execute(&mut *self.0).await?;
        Ok(())
    }

    /// Ends a person's sign-in on one device; returns whether they were signed in on it.
    pub(crate) async fn revoke_device_of(
        &mut self,
        user: UserId,
        device: DeviceId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE devices SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL";
        let revoked = sqlx::query(sql)
            .bind(device.to_string())
            .bind(user.to_string())
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        Ok(revoked.rows_affected() == 1)
    }
}
