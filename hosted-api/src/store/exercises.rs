//! The exercise library.

use sqlx::FromRow;
use training::{Category, Exercise, Field, StudioId};
use uuid::Uuid;

use super::{StoreError, Tx, codec};

#[derive(FromRow)]
struct ExerciseRow {
    id: String,
    name: String,
    category: String,
    fields: String,
    video_id: Option<String>,
    archived: i64,
}

impl Tx {
    /// A studio's exercises by name, also archived ones.
    pub(crate) async fn exercises(&mut self, studio: StudioId) -> Result<Vec<Exercise>, StoreError> {
        let sql = "SELECT id, name, category, fields, video_id, archived FROM exercises WHERE studio_id = $1";
        let rows: Vec<ExerciseRow> = sqlx::query_as(sql).bind(studio.to_string()).fetch_all(&mut *self.0).await?;
        let mut exercises = rows.into_iter().map(ExerciseRow::exercise).collect::<Result<Vec<_>, _>>()?;
        // The databases compare letters differently; here they are compared once.
        exercises.sort_by_cached_key(|exercise| exercise.name.to_lowercase());
        Ok(exercises)
    }

    /// Adds an exercise to a studio's library.
    pub(crate) async fn add_exercise(
        &mut self,
        studio: StudioId,
        name: &str,
        category: Category,
        fields: &[Field],
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO exercises (id, studio_id, name, category, fields, video_id, archived) \
                   VALUES ($1, $2, $3, $4, $5, NULL, 0)";
        sqlx::query(sql)
            .bind(Uuid::now_v7().to_string())
            .bind(studio.to_string())
            .bind(name)
            .bind(codec::word(&category)?)
            .bind(codec::json(&fields)?)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}

impl ExerciseRow {
    fn exercise(self) -> Result<Exercise, StoreError> {
        Ok(Exercise {
            id: codec::id("exercise id", self.id)?,
            name: self.name,
            category: codec::from_word("category", self.category)?,
            fields: codec::from_json("field", &self.fields)?,
            video_id: self.video_id.map(|id| codec::id("video id", id)).transpose()?,
            archived: self.archived == 1,
        })
    }
}
