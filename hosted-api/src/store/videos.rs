//! Videos: what is known of each, and which file it is.

use sqlx::FromRow;
use training::{ExerciseId, StudioId, Timestamp, Video, VideoId};

use super::{Store, StoreError, Tx, codec};

/// A video with its files.
pub(crate) struct VideoRow {
    pub(crate) video: Video,
    pub(crate) hash: String,
    pub(crate) poster: Option<Poster>,
}

/// The file of a picture to show before a video plays.
#[derive(Clone, Debug)]
pub(crate) struct Poster {
    pub(crate) hash: String,
    pub(crate) media_type: String,
}

/// What a query of exercises or videos joins. All of it is absent for an exercise without a video.
#[derive(FromRow)]
#[allow(clippy::struct_field_names, reason = "the columns of another table stand beside them")]
pub(super) struct VideoColumns {
    v_id: Option<String>,
    v_size_bytes: Option<i64>,
    v_duration_ms: Option<i64>,
    v_width: Option<i64>,
    v_height: Option<i64>,
    v_media_type: Option<String>,
    v_poster_hash: Option<String>,
}

/// The columns of [`VideoColumns`], of the table `videos v`.
macro_rules! video_columns {
    () => {
        "v.id AS v_id, v.size_bytes AS v_size_bytes, v.duration_ms AS v_duration_ms, v.width AS v_width, \
         v.height AS v_height, v.media_type AS v_media_type, v.poster_hash AS v_poster_hash "
    };
}

pub(super) use video_columns;

#[derive(FromRow)]
struct Row {
    hash: String,
    poster_type: Option<String>,
    #[sqlx(flatten)]
    video: VideoColumns,
}

impl VideoColumns {
    pub(super) fn read(self) -> Result<Option<Video>, StoreError> {
        let Some(id) = self.v_id else { return Ok(None) };
        let number = |number: Option<i64>| codec::count(number.unwrap_or_default());
        let pixels = |count| u32::try_from(number(count)).unwrap_or(u32::MAX);
        Ok(Some(Video {
            id: codec::id("video id", id)?,
            size_bytes: number(self.v_size_bytes),
            duration_s: seconds(number(self.v_duration_ms)),
            width: pixels(self.v_width),
            height: pixels(self.v_height),
            media_type: self.v_media_type.unwrap_or_default(),
            has_poster: self.v_poster_hash.is_some(),
        }))
    }
}

/// Milliseconds as seconds.
pub(crate) fn seconds(ms: u64) -> f64 {
    std::time::Duration::from_millis(ms).as_secs_f64()
}

impl Store {
    /// A studio's video with this id.
    pub(crate) async fn video(&self, studio: StudioId, id: VideoId) -> Result<Option<VideoRow>, StoreError> {
        let sql = concat!(
            "SELECT v.hash, v.poster_type, ",
            video_columns!(),
            "FROM videos v WHERE v.id = $1 AND v.studio_id = $2"
        );
        let row: Option<Row> =
            sqlx::query_as(sql).bind(id.to_string()).bind(studio.to_string()).fetch_optional(&self.reader).await?;
        let Some(row) = row else { return Ok(None) };
        let poster_hash = row.video.v_poster_hash.clone();
        let poster = poster_hash.zip(row.poster_type).map(|(hash, media_type)| Poster { hash, media_type });
        Ok(row.video.read()?.map(|video| VideoRow { video, hash: row.hash, poster }))
    }
}

impl Tx {
    /// Adds a video, which becomes that of an exercise.
    pub(crate) async fn add_video(
        &mut self,
        studio: StudioId,
        exercise: ExerciseId,
        row: &VideoRow,
        duration_ms: u64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO videos (id, studio_id, exercise_id, replaced, hash, size_bytes, duration_ms, width, height, \
                   media_type, poster_hash, poster_type, look_at) \
                   VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let VideoRow { video, hash, poster } = row;
        sqlx::query(sql)
            .bind(video.id.to_string())
            .bind(studio.to_string())
            .bind(exercise.to_string())
            .bind(hash)
            .bind(codec::number(video.size_bytes))
            .bind(codec::number(duration_ms))
            .bind(i64::from(video.width))
            .bind(i64::from(video.height))
            .bind(&video.media_type)
            .bind(poster.as_ref().map(|poster| poster.hash.clone()))
            .bind(poster.as_ref().map(|poster| poster.media_type.clone()))
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Notes that a video is no longer that of its exercise, because it has another now, or none.
    pub(crate) async fn replace_video(&mut self, id: VideoId) -> Result<(), StoreError> {
        sqlx::query("UPDATE videos SET replaced = 1 WHERE id = $1").bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    /// The video that an exercise had when it was deleted, as long as it is kept.
    pub(crate) async fn video_of_deleted(
        &mut self,
        studio: StudioId,
        exercise: ExerciseId,
    ) -> Result<Option<Video>, StoreError> {
        let sql = concat!(
            "SELECT ",
            video_columns!(),
            "FROM videos v WHERE v.exercise_id = $1 AND v.studio_id = $2 AND v.replaced = 0"
        );
        let row: Option<VideoColumns> = sqlx::query_as(sql)
            .bind(exercise.to_string())
            .bind(studio.to_string())
            .fetch_optional(&mut *self.0)
            .await?;
        row.map_or(Ok(None), VideoColumns::read)
    }
}
