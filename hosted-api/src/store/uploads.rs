//! Uploads, and the files that complete ones became.

use sqlx::FromRow;
use training::library::StartUpload;
use training::{StudioId, Timestamp, UploadId, UserId};

use super::{Store, StoreError, Tx, codec};

/// An upload.
#[derive(Clone, Debug)]
pub(crate) struct UploadRow {
    pub(crate) id: UploadId,
    pub(crate) studio: StudioId,
    pub(crate) size_bytes: u64,
    pub(crate) hash: String,
    /// So many bytes were on the disk when that was noted.
    pub(crate) received: u64,
    pub(crate) complete: bool,
}

#[derive(FromRow)]
struct Row {
    id: String,
    studio_id: String,
    size_bytes: i64,
    hash: String,
    received: i64,
    complete: i64,
}

/// The query that reads a person's upload.
const SELECT: &str = "SELECT id, studio_id, size_bytes, hash, received, complete FROM uploads \
                      WHERE id = $1 AND user_id = $2";

impl Row {
    fn read(self) -> Result<UploadRow, StoreError> {
        Ok(UploadRow {
            id: codec::id("upload id", self.id)?,
            studio: codec::id("studio id", self.studio_id)?,
            size_bytes: codec::count(self.size_bytes),
            hash: self.hash,
            received: codec::count(self.received),
            complete: self.complete == 1,
        })
    }
}

impl Store {
    /// A person's upload with this id.
    pub(crate) async fn upload(&self, person: UserId, id: UploadId) -> Result<Option<UploadRow>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(SELECT).bind(id.to_string()).bind(person.to_string()).fetch_optional(&self.reader).await?;
        row.map(Row::read).transpose()
    }

    /// Makes `writer` the one who adds to an upload from `offset` on, unless the upload has moved on since it was read.
    pub(crate) async fn begin_append(
        &self,
        upload: &UploadRow,
        offset: u64,
        writer: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE uploads SET writer = $3, received = $4, touched_at = $5 \
                   WHERE id = $1 AND received = $2 AND complete = 0";
        let begun = sqlx::query(sql)
            .bind(upload.id.to_string())
            .bind(codec::number(upload.received))
            .bind(writer)
            .bind(codec::number(offset))
            .bind(at.as_millisecond())
            .execute(&mut *tx.0)
            .await?;
        tx.commit().await?;
        Ok(begun.rows_affected() == 1)
    }

    /// Notes how many bytes of an upload are on the disk, unless another has taken it over.
    pub(crate) async fn record_received(
        &self,
        id: UploadId,
        writer: &str,
        received: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE uploads SET received = $3, touched_at = $4 WHERE id = $1 AND writer = $2 AND complete = 0";
        let recorded = sqlx::query(sql)
            .bind(id.to_string())
            .bind(writer)
            .bind(codec::number(received))
            .bind(at.as_millisecond())
            .execute(&mut *tx.0)
            .await?;
        tx.commit().await?;
        Ok(recorded.rows_affected() == 1)
    }

    /// Forgets an upload.
    pub(crate) async fn discard_upload(&self, id: UploadId) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.delete_upload(id).await?;
        tx.commit().await
    }
}

impl Tx {
    /// A person's upload with this id.
    pub(crate) async fn upload(&mut self, person: UserId, id: UploadId) -> Result<Option<UploadRow>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(SELECT).bind(id.to_string()).bind(person.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(Row::read).transpose()
    }

    /// Whether there is an upload with this id, whoever began it.
    pub(crate) async fn upload_id_exists(&mut self, id: UploadId) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM uploads WHERE id = $1";
        let found: i64 = sqlx::query_scalar(sql).bind(id.to_string()).fetch_one(&mut *self.0).await?;
        Ok(found > 0)
    }

    /// How many uploads of a person no exercise uses yet.
    pub(crate) async fn count_uploads(&mut self, person: UserId) -> Result<usize, StoreError> {
        let sql = "SELECT COUNT(*) FROM uploads WHERE user_id = $1";
        let count: i64 = sqlx::query_scalar(sql).bind(person.to_string()).fetch_one(&mut *self.0).await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Forgets a person's uploads that nothing was added to since.
    pub(crate) async fn delete_idle_uploads(&mut self, person: UserId, since: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM uploads WHERE user_id = $1 AND touched_at < $2")
            .bind(person.to_string())
            .bind(since.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Adds an upload, of which all bytes or none are here.
    pub(crate) async fn add_upload(
        &mut self,
        id: UploadId,
        (studio, person): (StudioId, UserId),
        upload: &StartUpload,
        complete: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO uploads (id, studio_id, user_id, size_bytes, hash, media_type, received, complete, \
                   touched_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        sqlx::query(sql)
            .bind(id.to_string())
            .bind(studio.to_string())
            .bind(person.to_string())
            .bind(codec::number(upload.size_bytes))
            .bind(&upload.sha256)
            .bind(codec::word(&upload.media_type)?)
            .bind(if complete { codec::number(upload.size_bytes) } else { 0 })
            .bind(i64::from(complete))
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Notes that the bytes of an upload are a file now; whether they weren't yet.
    pub(crate) async fn complete_upload(&mut self, upload: &UploadRow) -> Result<bool, StoreError> {
        let sql =
            "UPDATE uploads SET complete = 1, received = size_bytes, writer = NULL WHERE id = $1 AND complete = 0";
        let completed = sqlx::query(sql).bind(upload.id.to_string()).execute(&mut *self.0).await?;
        if completed.rows_affected() == 0 {
            return Ok(false);
        }
        let sql = "INSERT INTO blobs (studio_id, hash, size_bytes) VALUES ($1, $2, $3) \
                   ON CONFLICT (studio_id, hash) DO NOTHING";
        sqlx::query(sql)
            .bind(upload.studio.to_string())
            .bind(&upload.hash)
            .bind(codec::number(upload.size_bytes))
            .execute(&mut *self.0)
            .await?;
        Ok(true)
    }

    /// Whether a studio has a file with this hash and size.
    pub(crate) async fn has_blob(&mut self, studio: StudioId, hash: &str, size_bytes: u64) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM blobs WHERE studio_id = $1 AND hash = $2 AND size_bytes = $3";
        let found: i64 = sqlx::query_scalar(sql)
            .bind(studio.to_string())
            .bind(hash)
            .bind(codec::number(size_bytes))
            .fetch_one(&mut *self.0)
            .await?;
        Ok(found > 0)
    }

    /// Forgets an upload.
    pub(crate) async fn delete_upload(&mut self, id: UploadId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM uploads WHERE id = $1").bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }
}
