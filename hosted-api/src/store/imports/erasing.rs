//! What the imports of somebody who is erased have left in the studio: names from their own files, as exercises of the
//! library and as choices that are remembered.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use sqlx::{Any, AssertSqlSafe};
use training::{ExerciseId, StudioId, UserId};

use crate::store::values::{PER_STATEMENT, parameters};
use crate::store::{StoreError, Tx, codec};

impl Tx {
    /// The exercises that a studio's imports have, those of this athlete or of everybody.
    pub(crate) async fn imported_exercises(
        &mut self,
        studio: StudioId,
        of: Option<UserId>,
    ) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let sql = "SELECT exercises FROM imports WHERE studio_id = $1 AND ($2 = '' OR athlete_id = $2)";
        let athlete = of.map(|athlete| athlete.to_string()).unwrap_or_default();
        let mut rows = sqlx::query_scalar(sql).bind(studio.to_string()).bind(athlete).fetch(&mut *self.0);
        let mut found = BTreeSet::new();
        while let Some(exercises) = rows.try_next().await? {
            let exercises: String = exercises;
            found.extend(codec::from_json::<Vec<ExerciseId>>("mapping", &exercises)?);
        }
        Ok(found)
    }

    /// Forgets what was chosen for names that only this athlete's files had.
    pub(crate) async fn forget_mappings_of(&mut self, athlete: UserId) -> Result<(), StoreError> {
        let sql = "DELETE FROM import_mappings WHERE EXISTS (SELECT 1 FROM import_mapping_athletes a \
                   WHERE a.studio_id = import_mappings.studio_id AND a.format = import_mappings.format \
                   AND a.name_key = import_mappings.name_key AND a.athlete_id = $1) \
                   AND NOT EXISTS (SELECT 1 FROM import_mapping_athletes a \
                   WHERE a.studio_id = import_mappings.studio_id AND a.format = import_mappings.format \
                   AND a.name_key = import_mappings.name_key AND a.athlete_id <> $1)";
        sqlx::query(sql).bind(athlete.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    /// Gives exercises another name in the audit log.
    pub(crate) async fn rename_in_audit(&mut self, exercises: &[ExerciseId], name: &str) -> Result<(), StoreError> {
        for exercises in exercises.chunks(PER_STATEMENT) {
            let sql = format!(
                "UPDATE audit SET on_name = $1 WHERE on_kind = 'exercise' AND on_id IN ({})",
                parameters(2, exercises.len())
            );
            let query = sqlx::query::<Any>(AssertSqlSafe(sql)).bind(name.to_owned());
            exercises
                .iter()
                .map(ExerciseId::to_string)
                .fold(query, sqlx::query::Query::bind)
                .execute(&mut *self.0)
                .await?;
        }
        Ok(())
    }
}
