//! Idempotency records: a key, what it was used for, and what was answered.

use serde::Serialize;
use serde::de::DeserializeOwned;
use training::{Timestamp, UserId};

use super::{StoreError, Tx, codec};

/// The result of claiming a key.
pub(crate) enum Claim<A> {
    /// It is new, and belongs to this transaction until it ends.
    New,
    /// It was used before, with this answer.
    Answered {
        /// What it was used for.
        fingerprint: String,
        /// The answer.
        answer: A,
    },
}

impl Tx {
    /// Claims a key for this transaction.
    ///
    /// Waits for another transaction that has claimed it and not ended yet: on Postgres through the unique index, on
    /// SQLite because there is one writer at a time.
    pub(crate) async fn claim<A: DeserializeOwned>(
        &mut self,
        user: UserId,
        key: &str,
        fingerprint: &str,
        at: Timestamp,
    ) -> Result<Claim<A>, StoreError> {
        let sql = "INSERT INTO idempotency (user_id, idem_key, fingerprint, answer, created_at) \
                   VALUES ($1, $2, $3, NULL, $4) ON CONFLICT (user_id, idem_key) DO NOTHING";
        let claimed = sqlx::query(sql)
            .bind(user.to_string())
            .bind(key)
            .bind(fingerprint)
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        if claimed.rows_affected() == 1 {
            return Ok(Claim::New);
        }
        let sql = "SELECT fingerprint, COALESCE(answer, 'null') FROM idempotency WHERE user_id = $1 AND idem_key = $2";
        let (fingerprint, answer): (String, String) =
            sqlx::query_as(sql).bind(user.to_string()).bind(key).fetch_one(&mut *self.0).await?;
        Ok(Claim::Answered { fingerprint, answer: codec::from_json("answer", &answer)? })
    }

    /// Stores the answer under a key claimed in this transaction.
    pub(crate) async fn store_answer(
        &mut self,
        user: UserId,
        key: &str,
        answer: &impl Serialize,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE idempotency SET answer = $3 WHERE user_id = $1 AND idem_key = $2")
            .bind(user.to_string())
            .bind(key)
            .bind(codec::json(answer)?)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
