//! Finds the videos and files that nothing names any more.

use std::collections::HashSet;

use training::{StudioId, Timestamp};

use super::{Store, StoreError, Tx, codec};

/// A video that no exercise has.
pub(crate) struct UnusedVideo {
    id: String,
    studio: String,
}

/// The condition that no video and no complete upload names a row of `blobs`.
macro_rules! is_unnamed {
    () => {
        "NOT EXISTS (SELECT 1 FROM videos v WHERE v.studio_id = blobs.studio_id AND v.hash = blobs.hash) \
         AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.studio_id = blobs.studio_id AND v.poster_hash = blobs.hash) \
         AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.studio_id = blobs.studio_id AND u.hash = blobs.hash \
         AND u.complete = 1)"
    };
}

impl Store {
    /// Forgets the uploads that nothing was added to since.
    pub(crate) async fn delete_uploads_before(&self, before: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let sql = "DELETE FROM uploads WHERE touched_at < $1";
        sqlx::query(sql).bind(before.as_millisecond()).execute(&mut *tx.0).await?;
        tx.commit().await
    }

    /// The videos that no exercise has, as far as it is time to look whether a round has them.
    pub(crate) async fn videos_to_look_at(&self, now: Timestamp) -> Result<Vec<UnusedVideo>, StoreError> {
        let sql = "SELECT id, studio_id FROM videos v WHERE look_at <= $1 \
                   AND NOT EXISTS (SELECT 1 FROM exercises e WHERE e.video_id = v.id)";
        let rows: Vec<(String, String)> =
            sqlx::query_as(sql).bind(now.as_millisecond()).fetch_all(&self.reader).await?;
        Ok(rows.into_iter().map(|(id, studio)| UnusedVideo { id, studio }).collect())
    }

    /// Whether a round of its studio has a video.
    pub(crate) async fn is_video_in_round(&self, video: &UnusedVideo) -> Result<bool, StoreError> {
        // Asked once a week for each video that was replaced; an index would cost every write of a round.
        let sql =
            "SELECT COUNT(*) FROM (SELECT id FROM sessions WHERE studio_id = $1 AND document LIKE $2 LIMIT 1) found";
        let found: i64 = sqlx::query_scalar(sql)
            .bind(&video.studio)
            .bind(format!("%\"video\":{{\"id\":\"{}\"%", video.id))
            .fetch_one(&self.reader)
            .await?;
        Ok(found > 0)
    }

    /// Notes whether a round has a video that no exercise has. One that nobody has named for long enough is forgotten:
    /// a round that is planned gets the video its exercise has then, so nobody will name it again.
    pub(crate) async fn note_whether_named(
        &self,
        video: &UnusedVideo,
        is_named: bool,
        (now, before): (Timestamp, Timestamp),
        look_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.lock_studio(codec::id("studio id", video.studio.clone())?).await?;
        if !is_named {
            let sql = "DELETE FROM videos WHERE id = $1 AND unnamed_since <= $2 \
                       AND NOT EXISTS (SELECT 1 FROM exercises e WHERE e.video_id = videos.id)";
            sqlx::query(sql).bind(&video.id).bind(before.as_millisecond()).execute(&mut *tx.0).await?;
        }
        let sql = "UPDATE videos SET look_at = $2, unnamed_since = CASE WHEN $3 = 1 THEN NULL \
                   ELSE COALESCE(unnamed_since, $4) END WHERE id = $1";
        sqlx::query(sql)
            .bind(&video.id)
            .bind(look_at.as_millisecond())
            .bind(i64::from(is_named))
            .bind(now.as_millisecond())
            .execute(&mut *tx.0)
            .await?;
        tx.commit().await
    }

    /// The files that nothing names.
    pub(crate) async fn unnamed_blobs(&self) -> Result<Vec<(StudioId, String)>, StoreError> {
        let sql = concat!("SELECT studio_id, hash FROM blobs WHERE ", is_unnamed!());
        let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&self.reader).await?;
        rows.into_iter().map(|(studio, hash)| Ok((codec::id("studio id", studio)?, hash))).collect()
    }

    /// Forgets a file, unless something names it by now.
    pub(crate) async fn delete_blob_if_unnamed(&self, studio: StudioId, hash: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.lock_studio(studio).await?;
        let sql = concat!("DELETE FROM blobs WHERE studio_id = $1 AND hash = $2 AND ", is_unnamed!());
        sqlx::query(sql).bind(studio.to_string()).bind(hash).execute(&mut *tx.0).await?;
        tx.commit().await
    }

    /// The names of all files that have a row: `<studio>/<hash>`, or the id of an upload.
    pub(crate) async fn blobs_and_uploads(&self) -> Result<HashSet<String>, StoreError> {
        let sql = "SELECT studio_id || '/' || hash FROM blobs UNION ALL SELECT id FROM uploads";
        let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.reader).await?;
        Ok(names.into_iter().collect())
    }
}

impl Tx {
    /// Whether a studio has a file with this hash.
    pub(crate) async fn blob_exists(&mut self, studio: StudioId, hash: &str) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM blobs WHERE studio_id = $1 AND hash = $2";
        let found: i64 = sqlx::query_scalar(sql).bind(studio.to_string()).bind(hash).fetch_one(&mut *self.0).await?;
        Ok(found > 0)
    }
}
