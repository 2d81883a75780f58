//! Rate limits that all servers of a database count together.
//!
//! A key's row holds one number: when its bucket will be full again. That is the generic cell rate algorithm (GCRA, ITU-T
//! I.371): taking a token moves that moment on by the time it takes to regain one, and there is none left when it would
//! come to lie further ahead than a whole bucket takes to fill.

use std::time::Duration;

use training::Timestamp;

use super::{Store, StoreError};
use crate::rate_limiter::Rate;

impl Store {
    /// Whether several servers may use this database at the same time.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Takes a token of this key; returns how long to wait for the next one, if none is left.
    pub(crate) async fn take_token(
        &self,
        key: &str,
        rate: Rate,
        at: Timestamp,
    ) -> Result<Result<(), Duration>, StoreError> {
        let (now, interval, whole) = (at.as_millisecond(), milliseconds(rate.interval), milliseconds(rate.to_fill()));
        let sql = "INSERT INTO shared_limits (key, full_at) VALUES ($1, $2 + $3) ON CONFLICT (key) DO UPDATE SET \
                   full_at = CASE WHEN shared_limits.full_at > $2 THEN shared_limits.full_at ELSE $2 END + $3 \
                   WHERE shared_limits.full_at + $3 <= $2 + $4";
        let taken = sqlx::query(sql).bind(key).bind(now).bind(interval).bind(whole).execute(&self.writer).await?;
        if taken.rows_affected() == 1 {
            return Ok(Ok(()));
        }
        let sql = "SELECT full_at FROM shared_limits WHERE key = $1";
        let full_at: Option<i64> = sqlx::query_scalar(sql).bind(key).fetch_optional(&self.reader).await?;
        // Given back meanwhile: the next attempt finds out.
        let wait = full_at.map_or(0, |full_at| (full_at + interval - now - whole).max(0));
        Ok(Err(Duration::from_millis(wait.unsigned_abs())))
    }

    /// Gives a token back to this key.
    pub(crate) async fn give_token_back(&self, key: &str, rate: Rate) -> Result<(), StoreError> {
        sqlx::query("UPDATE shared_limits SET full_at = full_at - $2 WHERE key = $1")
            .bind(key)
            .bind(milliseconds(rate.interval))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Gives all tokens back to this key.
    pub(crate) async fn give_all_tokens_back(&self, key: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM shared_limits WHERE key = $1").bind(key).execute(&self.writer).await?;
        Ok(())
    }

    /// Removes the keys that have regained everything by `now`: that is what a key without a row has.
    pub(crate) async fn compact_shared_limits(&self, now: Timestamp) -> Result<(), StoreError> {
        if self.is_shared {
            sqlx::query("DELETE FROM shared_limits WHERE full_at <= $1")
                .bind(now.as_millisecond())
                .execute(&self.writer)
                .await?;
        }
        Ok(())
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::testing::on_both_databases;

    const RATE: Rate = Rate { capacity: 3, interval: Duration::from_secs(30) };

    on_both_databases! {
        async fn a_key_has_its_capacity_and_regains_one_token_every_interval(world: World) {
            let (store, now) = (&world.app.store, clock::now());
            let take = async |key: &str, at| store.take_token(key, RATE, at).await.expect("it is counted");
            for _ in 0..3 {
                assert_eq!(take("a", now).await, Ok(()));
            }
            assert_eq!(take("a", now).await, Err(RATE.interval));
            assert_eq!(take("b", now).await, Ok(()), "another key has its own");
            let later = clock::after(now, RATE.interval);
            assert_eq!(take("a", later).await, Ok(()));
            assert_eq!(take("a", later).await, Err(RATE.interval));
            store.give_token_back("a", RATE).await.expect("it is given back");
            assert_eq!(take("a", later).await, Ok(()));
            store.give_all_tokens_back("a").await.expect("they are given back");
            for _ in 0..3 {
                assert_eq!(take("a", later).await, Ok(()));
            }
            assert_eq!(take("a", later).await, Err(RATE.interval));
        }

        async fn of_many_attempts_at_once_no_more_than_the_capacity_succeed(world: World) {
            let (store, now) = (&world.app.store, clock::now());
            let taken = futures_util::future::join_all((0..20).map(|_| store.take_token("a", RATE, now))).await;
            assert_eq!(taken.into_iter().filter(|taken| matches!(taken, Ok(Ok(())))).count(), 3);
        }
    }
}
