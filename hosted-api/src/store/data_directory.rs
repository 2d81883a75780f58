//! The id of the data directory that all servers on this database share.

use std::collections::HashSet;

use super::{Store, StoreError};

impl Store {
    /// The id, if a server has written one.
    pub(crate) async fn data_directory(&self) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT marker FROM data_directory WHERE id = 1").fetch_optional(&self.reader).await?)
    }

    /// Every studio.
    pub(crate) async fn studio_ids(&self) -> Result<HashSet<String>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM studios").fetch_all(&self.reader).await?;
        Ok(ids.into_iter().collect())
    }

    /// Writes the id, unless another server was first.
    pub(crate) async fn set_data_directory(&self, marker: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let sql = "INSERT INTO data_directory (id, marker) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
        sqlx::query(sql).bind(marker).execute(&mut *tx.0).await?;
        tx.commit().await
    }
}
