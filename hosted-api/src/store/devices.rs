//! Devices and their tokens. Only hashes of tokens ever get here.

use sqlx::FromRow;
use training::wire::Account;
use training::{Timestamp, UserId};
use uuid::Uuid;

use super::accounts::{AccountRow, account_columns, account_joins};
use super::{Store, StoreError, Tx, codec};
use crate::accounts::DeviceId;

/// How many idempotency keys of refreshes are kept: about a day's worth in normal operation.
const REFRESH_KEYS_KEPT: usize = 100;

/// A pair of tokens to be stored: their hashes and expiry times.
pub(crate) struct TokenPair {
    /// Identifies the pair; reveals nothing about the tokens.
    pub(crate) id: Uuid,
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
    /// Set if this token is of the device's latest generation and no token of that generation is known to have been
    /// used.
    pub(crate) unconfirmed: Option<PairRef>,
}

/// One of the pairs of a generation.
#[derive(Clone, Debug)]
pub(crate) struct PairRef {
    generation: u64,
    /// None for a pair stored before pairs had ids, when a generation had only one.
    pair: Option<String>,
}

#[derive(FromRow)]
struct HolderRow {
    expires_at: i64,
    token_generation: i64,
    pair: Option<String>,
    device_id: String,
    device_generation: i64,
    confirmed: i64,
    #[sqlx(flatten)]
    account: AccountRow,
}

/// A device, locked for the transaction, as found by one of its refresh tokens.
pub(crate) struct DeviceRow {
    pub(crate) id: DeviceId,
    pub(crate) user: UserId,
    pub(crate) generation: u64,
    pub(crate) confirmed: bool,
    pub(crate) revoked: bool,
    /// The pair of the refresh token it was found by.
    pub(crate) token: PairRef,
    pub(crate) token_expires_at: Timestamp,
    /// The idempotency keys of its last refreshes, one per line.
    refresh_keys: String,
}

impl DeviceRow {
    /// How many generations the refresh token is behind.
    pub(crate) fn generations_behind(&self) -> u64 {
        self.generation.saturating_sub(self.token.generation)
    }

    /// Whether a request under this key was answered before.
    pub(crate) fn has_refresh_key(&self, key: &str) -> bool {
        self.refresh_keys.lines().any(|known| known == key)
    }
}

impl Store {
    /// Whether there is a refresh token with this hash that has not expired, of a device that may be signed in.
    pub(crate) async fn knows_refresh_token(&self, refresh_hash: &str, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM refresh_tokens t JOIN devices d ON d.id = t.device_id \
                   JOIN users u ON u.id = d.user_id \
                   WHERE t.hash = $1 AND t.expires_at > $2 AND d.revoked_at IS NULL AND u.active = 1";
        let asked = sqlx::query_scalar(sql).bind(refresh_hash).bind(at.as_millisecond());
        let known: i64 = asked.fetch_one(&self.reader).await?;
        Ok(known > 0)
    }

    /// Who holds the access token with this hash, if their device is not revoked and they are active.
    pub(crate) async fn token_holder(&self, access_hash: &str) -> Result<Option<TokenHolder>, StoreError> {
        const SQL: &str = concat!(
            "SELECT t.expires_at, t.generation AS token_generation, t.pair, d.id AS device_id, \
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
            unconfirmed: (is_latest && row.confirmed == 0)
                .then(|| PairRef { generation: codec::count(row.token_generation), pair: row.pair }),
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
        let sql = "INSERT INTO devices (id, user_id, name, generation, confirmed, created_at, last_seen_at, revoked_at) \
                   VALUES ($1, $2, $3, 0, 0, $4, $4, NULL)";
        sqlx::query(sql)
            .bind(id.to_string())
            .bind(user.to_string())
            .bind(name)
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        self.add_tokens(id, 0, tokens).await?;
        self.record_seen(user, at).await?;
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
                "INSERT INTO access_tokens (hash, device_id, generation, expires_at, pair) VALUES ($1, $2, $3, $4, $5)",
                &tokens.access_hash,
                tokens.access_expires_at,
            ),
            (
                "INSERT INTO refresh_tokens (hash, device_id, generation, expires_at, pair) VALUES ($1, $2, $3, $4, $5)",
                &tokens.refresh_hash,
                tokens.refresh_expires_at,
            ),
        ] {
            sqlx::query(sql)
                .bind(hash)
                .bind(device.to_string())
                .bind(codec::number(generation))
                .bind(expires_at.as_millisecond())
                .bind(tokens.id.to_string())
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    /// Deletes the other token pairs of a pair's generation.
    pub(crate) async fn delete_siblings(&mut self, device: DeviceId, of: &PairRef) -> Result<(), StoreError> {
        // A generation stored before pairs had ids has only one.
        let Some(pair) = &of.pair else { return Ok(()) };
        for sql in [
            "DELETE FROM access_tokens WHERE device_id = $1 AND generation = $2 AND (pair IS NULL OR pair <> $3)",
            "DELETE FROM refresh_tokens WHERE device_id = $1 AND generation = $2 AND (pair IS NULL OR pair <> $3)",
        ] {
            sqlx::query(sql)
                .bind(device.to_string())
                .bind(codec::number(of.generation))
                .bind(pair)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }

    /// The refresh tokens of a device that expire after an instant: how many generations each is behind, and when it
    /// expires; the first to expire first.
    pub(crate) async fn refreshes_of(
        &mut self,
        device: &DeviceRow,
        expiring_after: Timestamp,
    ) -> Result<Vec<(u64, Timestamp)>, StoreError> {
        let sql = "SELECT generation, expires_at FROM refresh_tokens WHERE device_id = $1 AND expires_at > $2 \
                   ORDER BY expires_at";
        let rows: Vec<(i64, i64)> = sqlx::query_as(sql)
            .bind(device.id.to_string())
            .bind(expiring_after.as_millisecond())
            .fetch_all(&mut *self.0)
            .await?;
        let mut refreshes = Vec::with_capacity(rows.len());
        for (generation, expires_at) in rows {
            let behind = device.generation.saturating_sub(codec::count(generation));
            refreshes.push((behind, codec::instant(expires_at)?));
        }
        Ok(refreshes)
    }

    /// The device that holds the refresh token with this hash, locked; even if revoked.
    pub(crate) async fn lock_device(&mut self, refresh_hash: &str) -> Result<Option<DeviceRow>, StoreError> {
        let sql = "SELECT device_id FROM refresh_tokens WHERE hash = $1";
        let device: Option<String> = sqlx::query_scalar(sql).bind(refresh_hash).fetch_optional(&mut *self.0).await?;
        let Some(device) = device else { return Ok(None) };
        // An update that changes nothing takes a row lock in both databases.
        let sql = "UPDATE devices SET generation = generation WHERE id = $1 \
                   RETURNING user_id, generation, confirmed, revoked_at, refresh_keys";
        let row: Option<(String, i64, i64, Option<i64>, String)> =
            sqlx::query_as(sql).bind(&device).fetch_optional(&mut *self.0).await?;
        // Tokens are deleted before their device, so it existed a moment ago.
        let Some((user, generation, confirmed, revoked_at, refresh_keys)) = row else { return Ok(None) };
        // Reread under the lock: the use of another pair may just have invalidated this one.
        let sql = "SELECT generation, expires_at, pair FROM refresh_tokens WHERE hash = $1";
        let token: Option<(i64, i64, Option<String>)> =
            sqlx::query_as(sql).bind(refresh_hash).fetch_optional(&mut *self.0).await?;
        let Some((token_generation, expires_at, pair)) = token else { return Ok(None) };
        Ok(Some(DeviceRow {
            id: codec::id("device id", device)?,
            user: codec::id("user id", user)?,
            generation: codec::count(generation),
            confirmed: confirmed == 1,
            revoked: revoked_at.is_some(),
            token: PairRef { generation: codec::count(token_generation), pair },
            token_expires_at: codec::instant(expires_at)?,
            refresh_keys,
        }))
    }

    /// Records that the device's tokens are now of the next generation, which is unused so far.
    pub(crate) async fn advance_device(&mut self, device: DeviceId) -> Result<(), StoreError> {
        sqlx::query("UPDATE devices SET generation = generation + 1, confirmed = 0 WHERE id = $1")
            .bind(device.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Records the idempotency key of a refresh.
    pub(crate) async fn record_refresh_key(&mut self, device: &DeviceRow, key: &str) -> Result<(), StoreError> {
        if device.has_refresh_key(key) {
            return Ok(());
        }
        let kept = std::iter::once(key).chain(device.refresh_keys.lines()).take(REFRESH_KEYS_KEPT);
        sqlx::query("UPDATE devices SET refresh_keys = $2 WHERE id = $1")
            .bind(device.id.to_string())
            .bind(kept.collect::<Vec<_>>().join("\n"))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Records that a token of this pair reached the device and was used, which invalidates the other pairs of its
    /// generation. Returns false if another pair was used first and so invalidated this one.
    pub(crate) async fn confirm_device(&mut self, device: DeviceId, used: &PairRef) -> Result<bool, StoreError> {
        let sql = "UPDATE devices SET confirmed = 1 WHERE id = $1 AND generation = $2 AND confirmed = 0";
        let confirmed = sqlx::query(sql)
            .bind(device.to_string())
            .bind(codec::number(used.generation))
            .execute(&mut *self.0)
            .await?;
        if confirmed.rows_affected() > 0 {
            self.delete_siblings(device, used).await?;
            return Ok(true);
        }
        let sql = "SELECT COUNT(*) FROM access_tokens WHERE device_id = $1 AND generation = $2 \
                   AND (pair = $3 OR $3 IS NULL)";
        let left: i64 = sqlx::query_scalar(sql)
            .bind(device.to_string())
            .bind(codec::number(used.generation))
            .bind(&used.pair)
            .fetch_one(&mut *self.0)
            .await?;
        Ok(left > 0)
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
