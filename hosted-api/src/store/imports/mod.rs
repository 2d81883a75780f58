//! Imports: files that were read, and what was stored of them.

mod erasing;
mod listed;
mod replace;
mod sessions;

use std::collections::BTreeMap;

use imports::Plan;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, FromRow};
use training::imports::{ImportFormat, ImportState};
use training::library::name_key;
use training::{ExerciseId, ImportId, Person, StudioId, Timestamp, UserId};

pub(crate) use self::replace::Replacement;
pub(crate) use self::sessions::{ImportedSession, StoredSession};
use super::values::{Insert, PER_STATEMENT, parameters};
use super::{Store, StoreError, Tx, codec};

/// An import without its plan.
#[derive(Clone, Debug)]
pub(crate) struct ImportHead {
    pub(crate) id: ImportId,
    pub(crate) studio: StudioId,
    pub(crate) athlete: UserId,
    pub(crate) by: Person,
    pub(crate) at: Timestamp,
    pub(crate) format: ImportFormat,
    pub(crate) time_zone: String,
    pub(crate) state: ImportState,
    /// How many of its sessions the present state has dealt with.
    pub(crate) done: usize,
    pub(crate) committed_at: Option<Timestamp>,
    /// The library's exercise for each of the plan's, once it is committed.
    pub(crate) exercises: Vec<ExerciseId>,
    /// Those of them that the commit has created.
    pub(crate) created: Vec<ExerciseId>,
    /// Who takes it back; also none if a server of a version before began that.
    pub(crate) taken_back_by: Option<Person>,
}

/// The plan of an import as it is stored. Of a large file that is some tens of megabytes: it is read and written where
/// that keeps nobody waiting, and never in a transaction.
pub(crate) struct PlanText(String);

impl PlanText {
    pub(crate) fn of(plan: &Plan) -> Result<Self, StoreError> {
        codec::json(plan).map(Self)
    }

    pub(crate) fn read(&self) -> Result<Plan, StoreError> {
        codec::from_json("plan", &self.0)
    }
}

/// What is stored when an import is committed.
pub(crate) struct CommitRow<'a> {
    pub(crate) id: ImportId,
    pub(crate) at: Timestamp,
    pub(crate) exercises: &'a [ExerciseId],
    pub(crate) created: &'a [ExerciseId],
}

#[derive(FromRow)]
struct Row {
    id: String,
    studio_id: String,
    athlete_id: String,
    by_id: String,
    by_name: String,
    at: i64,
    format: String,
    time_zone: String,
    state: String,
    done: i64,
    committed_at: Option<i64>,
    exercises: String,
    created: String,
    taken_back_by_id: Option<String>,
    taken_back_by_name: Option<String>,
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "id, studio_id, athlete_id, by_id, by_name, at, format, time_zone, state, done, committed_at, exercises, created, \
         taken_back_by_id, taken_back_by_name"
    };
}

impl Row {
    fn read(self) -> Result<ImportHead, StoreError> {
        Ok(ImportHead {
            id: codec::id("import id", self.id)?,
            studio: codec::id("studio id", self.studio_id)?,
            athlete: codec::id("user id", self.athlete_id)?,
            by: Person { id: codec::id("user id", self.by_id)?, name: self.by_name },
            at: codec::instant(self.at)?,
            format: codec::from_word("format", self.format)?,
            time_zone: self.time_zone,
            state: codec::from_word("state", self.state)?,
            done: usize::try_from(self.done).unwrap_or_default(),
            committed_at: self.committed_at.map(codec::instant).transpose()?,
            exercises: codec::from_json("mapping", &self.exercises)?,
            created: codec::from_json("mapping", &self.created)?,
            taken_back_by: self
                .taken_back_by_id
                .zip(self.taken_back_by_name)
                .map(|(id, name)| Ok::<_, StoreError>(Person { id: codec::id("user id", id)?, name }))
                .transpose()?,
        })
    }
}

impl Store {
    /// An import.
    pub(crate) async fn import(&self, id: ImportId) -> Result<Option<ImportHead>, StoreError> {
        let sql = concat!("SELECT ", columns!(), " FROM imports WHERE id = $1");
        let row: Option<Row> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(&self.reader).await?;
        row.map(Row::read).transpose()
    }

    /// What an import's file holds; none once it can't be taken back any more.
    pub(crate) async fn import_plan(&self, id: ImportId) -> Result<Option<PlanText>, StoreError> {
        let sql = "SELECT plan FROM imports WHERE id = $1 AND plan <> ''";
        let plan: Option<String> = sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(&self.reader).await?;
        Ok(plan.map(PlanText))
    }

    /// What a studio has chosen for the names of a format before, by the key of the name.
    pub(crate) async fn import_mappings(
        &self,
        studio: StudioId,
        format: ImportFormat,
    ) -> Result<BTreeMap<String, ExerciseId>, StoreError> {
        let sql = "SELECT m.name_key, m.exercise_id FROM import_mappings m JOIN exercises e ON e.id = m.exercise_id \
                   WHERE m.studio_id = $1 AND m.format = $2";
        let rows: Vec<(String, String)> =
            sqlx::query_as(sql).bind(studio.to_string()).bind(format.as_str()).fetch_all(&self.reader).await?;
        rows.into_iter().map(|(key, id)| Ok((key, codec::id("exercise id", id)?))).collect()
    }

    /// The imports that are being committed or taken back, oldest first.
    pub(crate) async fn imports_at_work(&self) -> Result<Vec<ImportId>, StoreError> {
        let sql = "SELECT id FROM imports WHERE state IN ('committing', 'taking_back') ORDER BY id";
        let ids: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.reader).await?;
        ids.into_iter().map(|id| codec::id("import id", id)).collect()
    }
}

impl Tx {
    /// Adds a dry run, and forgets the athlete's earlier ones but for the last few.
    pub(crate) async fn add_import(&mut self, head: &ImportHead, plan: PlanText, kept: u32) -> Result<(), StoreError> {
        let sql = "INSERT INTO imports (id, studio_id, athlete_id, by_id, by_name, at, format, time_zone, state, done, \
                   exercises, created, plan) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '[]', '[]', $10)";
        sqlx::query(sql)
            .bind(head.id.to_string())
            .bind(head.studio.to_string())
            .bind(head.athlete.to_string())
            .bind(head.by.id.to_string())
            .bind(&head.by.name)
            .bind(head.at.as_millisecond())
            .bind(head.format.as_str())
            .bind(&head.time_zone)
            .bind(head.state.as_str())
            .bind(plan.0)
            .execute(&mut *self.0)
            .await?;
        let sql = "DELETE FROM imports WHERE athlete_id = $1 AND state = 'dry_run' AND id NOT IN \
                   (SELECT id FROM imports WHERE athlete_id = $1 AND state = 'dry_run' ORDER BY id DESC LIMIT $2)";
        sqlx::query(sql).bind(head.athlete.to_string()).bind(i64::from(kept)).execute(&mut *self.0).await?;
        Ok(())
    }

    /// The import with this id, locked. Lock its athlete first.
    pub(crate) async fn lock_import(&mut self, id: ImportId) -> Result<Option<ImportHead>, StoreError> {
        // An update that changes nothing takes a row lock in both databases.
        let sql = concat!("UPDATE imports SET done = done WHERE id = $1 RETURNING ", columns!());
        let row: Option<Row> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(Row::read).transpose()
    }

    /// Stores that an import is being committed, and which exercises it has.
    pub(crate) async fn begin_commit(&mut self, commit: &CommitRow<'_>) -> Result<(), StoreError> {
        let sql = "UPDATE imports SET state = 'committing', done = 0, committed_at = $2, exercises = $3, created = $4 \
                   WHERE id = $1";
        sqlx::query(sql)
            .bind(commit.id.to_string())
            .bind(commit.at.as_millisecond())
            .bind(codec::json(&commit.exercises)?)
            .bind(codec::json(&commit.created)?)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Stores where an import stands.
    pub(crate) async fn set_import_state(
        &mut self,
        id: ImportId,
        state: ImportState,
        done: usize,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE imports SET state = $2, done = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(state.as_str())
            .bind(codec::number(done as u64))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Stores that an import is being taken back, and by whom.
    pub(crate) async fn begin_take_back(&mut self, id: ImportId, by: &Person) -> Result<(), StoreError> {
        let sql = "UPDATE imports SET state = 'taking_back', done = 0, taken_back_by_id = $2, taken_back_by_name = $3 \
                   WHERE id = $1";
        let query = sqlx::query(sql).bind(id.to_string()).bind(by.id.to_string()).bind(&by.name);
        query.execute(&mut *self.0).await?;
        Ok(())
    }

    /// Deletes an import of which nothing is stored any more.
    pub(crate) async fn delete_import(&mut self, id: ImportId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM imports WHERE id = $1").bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    /// Remembers what was chosen for the names in an import's file.
    pub(crate) async fn remember_mappings(
        &mut self,
        head: &ImportHead,
        chosen: impl IntoIterator<Item = (&str, ExerciseId)> + Send,
    ) -> Result<(), StoreError> {
        // No statement may write a row twice.
        let chosen: BTreeMap<String, ExerciseId> = chosen.into_iter().map(|(name, id)| (name_key(name), id)).collect();
        let chosen: Vec<(String, ExerciseId)> = chosen.into_iter().collect();
        let (studio, format) = (head.studio, head.format);
        let insert = Insert {
            into: "import_mappings (studio_id, format, name_key, exercise_id)",
            end: "ON CONFLICT (studio_id, format, name_key) DO UPDATE SET exercise_id = excluded.exercise_id",
        };
        self.insert_rows(insert, &chosen, |query, (key, exercise)| {
            Ok(query.bind(studio.to_string()).bind(format.as_str()).bind(key).bind(exercise.to_string()))
        })
        .await?;
        let insert = Insert {
            into: "import_mapping_athletes (studio_id, format, name_key, athlete_id)",
            end: "ON CONFLICT (studio_id, format, name_key, athlete_id) DO NOTHING",
        };
        self.insert_rows(insert, &chosen, |query, (key, _)| {
            Ok(query.bind(studio.to_string()).bind(format.as_str()).bind(key).bind(head.athlete.to_string()))
        })
        .await
    }

    /// Forgets what was chosen where it was one of these exercises.
    pub(crate) async fn forget_mappings_to(&mut self, exercises: &[ExerciseId]) -> Result<(), StoreError> {
        for exercises in exercises.chunks(PER_STATEMENT) {
            let sql = format!("DELETE FROM import_mappings WHERE exercise_id IN ({})", parameters(1, exercises.len()));
            let query = sqlx::query::<Any>(AssertSqlSafe(sql));
            exercises.iter().map(ExerciseId::to_string).fold(query, Query::bind).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// Forgets dry runs from before, and what takes imports back that were committed before.
    pub(super) async fn compact_imports(
        &mut self,
        dry_runs: Timestamp,
        committed: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM imports WHERE state = 'dry_run' AND at < $1")
            .bind(dry_runs.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        // What was imported stays known, so that the same file changes nothing then either.
        for sql in [
            "UPDATE imported_sessions SET replaced = NULL WHERE replaced IS NOT NULL AND import_id IN \
             (SELECT id FROM imports WHERE state = 'committed' AND committed_at < $1)",
            "UPDATE imports SET plan = '', created = '[]' WHERE plan <> '' AND state = 'committed' AND committed_at < $1",
        ] {
            sqlx::query(sql).bind(committed.as_millisecond()).execute(&mut *self.0).await?;
        }
        Ok(())
    }
}
