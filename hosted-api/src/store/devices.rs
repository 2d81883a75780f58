//! Devices and their tokens. Only hashes of tokens ever come here.

use sqlx::FromRow;
use training::wire::Account;
use training::{Timestamp, UserId};
use uuid::Uuid;

use super::accounts::{AccountRow, account_columns, account_joins};
use super::{Store, StoreError, Tx, codec};
use crate::accounts::DeviceId;

/// A pair of tokens to be stored: their hashes and how long they last.
pub(crate) struct TokenPair {
    pub(crate) access_hash: String,
    pub(crate) access_expires_at: Timestamp,
    pub(crate) refresh_hash: String,
    pub(crate) refresh_expires_at: Timestamp,
}

/// Who holds an access token.
pub(crate) struct TokenHolder {
    pub(crate) account: Account,
    pub(crate) device: DeviceId,
    pub(crate) expires_at: Timestamp,
    /// The token's generation, if nobody is known to have used a token of the device's latest one before.
    pub(crate) unconfirmed: Option<u64>,
}

#[derive(FromRow)]
struct HolderRow {
    expires_at: i64,
    token_generation: i64,
    device_id: String,
    device_generation: i64,
    confirmed: i64,
    #[sqlx(flatten)]
    account: AccountRow,
}

/// A device, locked for the time of the transaction, as found by one of its refresh tokens.
pub(crate) struct DeviceRow {
    pub(crate) id: DeviceId,
    pub(crate) user: UserId,
    pub(crate) generation: u64,
    pub(crate) confirmed: bool,
    pub(crate) revoked: bool,
    pub(crate) token_generation: u64,
    pub(crate) token_expires_at: Timestamp,
}

impl Store {
    /// Who holds the access token with this hash, if it and they still count.
    pub(crate) async fn token_holder(&self, access_hash: &str) -> Result<Option<TokenHolder>, StoreError> {
        const SQL: &str = concat!(
            "SELECT t.expires_at, t.generation AS token_generation, d.id AS device_id, \
             d.generation AS device_generation, d.confirmed, ",
            account_columns!(),
            "FROM access_tokens t JOIN devices d ON d.id = t.device_id JOIN users u ON u.id = d.user_id ",
            account_joins!(),
            "WHERE t.hash = $1 AND d.revoked_at IS NULL AND u.active = 1"
        );
        let row: Option<HolderRow> = sqlx::query_as(SQL).bind(access_hash).fetch_optional(&self.reader).await?;
        let Some(row) = row else { return Ok(None) };
        let is_latest = row.token_generation == row.device_generation;
        Ok(Some(TokenHolder {
            account: row.account.account()?,
            device: codec::id("device id", row.device_id)?,
            expires_at: codec::instant(row.expires_at)?,
            unconfirmed: (is_latest && row.confirmed == 0).then(|| codec::count(row.token_generation)),
        }))
    }
}

impl Tx {
    /// Adds a device with its first pair of tokens.
    pub(crate) async fn add_device(
        &mut self,
        user: UserId,
        name: &str,
        at: Timestamp,
        tokens: &TokenPair,
    ) -> Result<DeviceId, StoreError> {
        let id = DeviceId::from(Uuid::now_v7());
        let sql = "INSERT INTO devices (id, user_id, name, generation, confirmed, created_at, revoked_at) \
                   VALUES ($1, $2, $3, 0, 0, $4, NULL)";
        sqlx::query(sql)
            .bind(id.to_string())
            .bind(user.to_string())
            .bind(name)
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        self.add_tokens(id, 0, tokens).await?;
        Ok(id)
    }

    /// Adds a pair of tokens to a device.
    pub(crate) async fn add_tokens(
        &mut self,
        device: DeviceId,
        generation: u64,
        tokens: &TokenPair,
    ) -> Result<(), StoreError> {
        for (sql, hash, expires_at) in [
            (
                "INSERT INTO access_tokens (hash, device_id, generation, expires_at) VALUES ($1, $2, $3, $4)",
                &tokens.access_hash,
                tokens.access_expires_at,
            ),
            (
                "INSERT INTO refresh_tokens (hash, device_id, generation, expires_at) VALUES ($1, $2, $3, $4)",
                &tokens.refresh_hash,
                tokens.refresh_expires_at,
            ),
        ] {
            sqlx::query(sql)
                .bind(hash)
                .bind(device.to_string())
                .bind(codec::number(generation))
                .bind(expires_at.as_millisecond())
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    /// Ends the pairs of tokens of one generation.
    pub(crate) async fn drop_tokens(&mut self, device: DeviceId, generation: u64) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM access_tokens WHERE device_id = $1 AND generation = $2",
            "DELETE FROM refresh_tokens WHERE device_id = $1 AND generation = $2",
        ] {
            sqlx::query(sql).bind(device.to_string()).bind(codec::number(generation)).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// Whether a device is signed in, and its person may be.
    pub(crate) async fn is_signed_in(&mut self, device: DeviceId) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM devices d JOIN users u ON u.id = d.user_id \
                   WHERE d.id = $1 AND d.revoked_at IS NULL AND u.active = 1";
        let found: i64 = sqlx::query_scalar(sql).bind(device.to_string()).fetch_one(&mut *self.0).await?;
        Ok(found > 0)
    }

    /// The device that holds the refresh token with this hash, locked; also when it is revoked.
    pub(crate) async fn lock_device(&mut self, refresh_hash: &str) -> Result<Option<DeviceRow>, StoreError> {
        let sql = "SELECT device_id, generation, expires_at FROM refresh_tokens WHERE hash = $1";
        let token: Option<(String, i64, i64)> =
            sqlx::query_as(sql).bind(refresh_hash).fetch_optional(&mut *self.0).await?;
        let Some((device, token_generation, expires_at)) = token else { return Ok(None) };
        // An update that changes nothing is a row lock in both databases.
        let sql = "UPDATE devices SET generation = generation WHERE id = $1 \
                   RETURNING user_id, generation, confirmed, revoked_at";
        let row: Option<(String, i64, i64, Option<i64>)> =
            sqlx::query_as(sql).bind(&device).fetch_optional(&mut *self.0).await?;
        // Tokens go before their device does, so it was there a moment ago.
        let Some((user, generation, confirmed, revoked_at)) = row else { return Ok(None) };
        Ok(Some(DeviceRow {
            id: codec::id("device id", device)?,
            user: codec::id("user id", user)?,
            generation: codec::count(generation),
            confirmed: confirmed == 1,
            revoked: revoked_at.is_some(),
            token_generation: codec::count(token_generation),
            token_expires_at: codec::instant(expires_at)?,
        }))
    }

    /// Notes that the device's tokens are now of the next generation, which nobody has used yet.
    pub(crate) async fn advance_device(&mut self, device: DeviceId) -> Result<(), StoreError> {
        sqlx::query("UPDATE devices SET generation = generation + 1, confirmed = 0 WHERE id = $1")
            .bind(device.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Notes that a token of this generation arrived at the device and was used.
    pub(crate) async fn confirm_device(&mut self, device: DeviceId, generation: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE devices SET confirmed = 1 WHERE id = $1 AND generation = $2")
            .bind(device.to_string())
            .bind(codec::number(generation))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Ends one device's sign-in.
    pub(crate) async fn revoke_device(&mut self, device: DeviceId, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE devices SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(device.to_string())
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Ends the sign-in of all of a person's devices, except `keep`.
    pub(crate) async fn revoke_devices(
        &mut self,
        user: UserId,
        keep: Option<DeviceId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE devices SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL AND id <> $3";
        sqlx::query(sql)
            .bind(user.to_string())
            .bind(at.as_millisecond())
            .bind(keep.map_or_else(String::new, |device| device.to_string()))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Whether the person may sign in at all.
    pub(crate) async fn is_active(&mut self, user: UserId) -> Result<bool, StoreError> {
        let sql = "SELECT active FROM users WHERE id = $1";
        let active: i64 = sqlx::query_scalar(sql).bind(user.to_string()).fetch_one(&mut *self.0).await?;
        Ok(active == 1)
    }
}
