//! Copies of a running database, and what a restored one needs.

use uuid::Uuid;

use super::{DatabaseUrl, Store, StoreError};

impl DatabaseUrl {
    /// Whether it is an SQLite file, which this program can copy by itself.
    pub(crate) fn is_file(&self) -> bool {
        self.file().is_some()
    }
}

impl Store {
    /// Writes everything as of one moment into `file`, which must be missing or empty. Only for SQLite.
    ///
    /// Readers and the writer go on meanwhile.
    pub(crate) async fn copy_into(&self, file: &str) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO $1").bind(file).execute(&self.reader).await?;
        Ok(())
    }

    /// Begins another epoch in every feed, so that no cursor from before is resumed, and forgets which data directory the
    /// servers shared: the next one that starts has it. Returns the number of feeds.
    pub(crate) async fn begin_epochs(&self) -> Result<usize, StoreError> {
        let mut tx = self.write().await?;
        // One after the other, in the order in which commands lock them: a server may be running.
        let users: Vec<String> =
            sqlx::query_scalar("SELECT user_id FROM feeds ORDER BY user_id").fetch_all(&mut *tx.0).await?;
        for user in &users {
            sqlx::query("UPDATE feeds SET epoch = $2 WHERE user_id = $1")
                .bind(user)
                .bind(Uuid::now_v7().simple().to_string())
                .execute(&mut *tx.0)
                .await?;
        }
        sqlx::query("DELETE FROM data_directory").execute(&mut *tx.0).await?;
        tx.commit().await?;
        Ok(users.len())
    }

    /// Whether every page of an SQLite file, and what is in it, fits together.
    pub(crate) async fn is_sound(&self) -> Result<bool, StoreError> {
        let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&self.reader).await?;
        Ok(found == "ok")
    }
}
