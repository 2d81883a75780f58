//! The exercise library.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::TryStreamExt;
use serde::Deserialize;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Executor, FromRow};
use training::library::{UsedIn, name_key};
use training::{Exercise, ExerciseId, StudioId};
use uuid::fmt::Hyphenated;

use super::values::{Insert, PER_STATEMENT, Statement, parameters};
use super::videos::{VideoColumns, video_columns};
use super::{Store, StoreError, Tx, codec};

#[derive(FromRow)]
struct ExerciseRow {
    id: String,
    name: String,
    category: String,
    fields: String,
    aliases: String,
    muscles: String,
    cue: Option<String>,
    archived: i64,
    version: i64,
    #[sqlx(flatten)]
    video: VideoColumns,
}

/// The query that reads exercises.
macro_rules! select {
    ($end:literal) => {
        concat!(
            "SELECT e.id, e.name, e.category, e.fields, e.aliases, e.muscles, e.cue, e.archived, e.version, ",
            video_columns!(),
            "FROM exercises e LEFT JOIN videos v ON v.id = e.video_id ",
            $end
        )
    };
}

async fn find_exercises(
    executor: impl Executor<'_, Database = Any>,
    studio: StudioId,
) -> Result<Vec<Exercise>, StoreError> {
    let sql = select!("WHERE e.studio_id = $1");
    let rows: Vec<ExerciseRow> = sqlx::query_as(sql).bind(studio.to_string()).fetch_all(executor).await?;
    let mut exercises = rows.into_iter().map(ExerciseRow::exercise).collect::<Result<Vec<_>, _>>()?;
    // Sorted here because the databases collate differently.
    exercises.sort_by_cached_key(|exercise| exercise.name.to_lowercase());
    Ok(exercises)
}

impl Store {
    /// A studio's exercises by name, also archived ones.
    pub(crate) async fn exercises(&self, studio: StudioId) -> Result<Vec<Exercise>, StoreError> {
        find_exercises(&self.reader, studio).await
    }

    /// Fills in the missing name keys of exercises stored before name keys existed.
    pub(super) async fn fill_name_keys(&self) -> Result<(), StoreError> {
        let sql = "SELECT COUNT(*) FROM exercises WHERE name_key IS NULL";
        let missing: i64 = sqlx::query_scalar(sql).fetch_one(&self.reader).await?;
        // Usually none: then no start of a server takes the lock on writing.
        if missing == 0 {
            return Ok(());
        }
        let mut tx = self.write().await?;
        let sql = "SELECT id, studio_id, name FROM exercises WHERE name_key IS NULL ORDER BY studio_id, id";
        let rows: Vec<(String, String, String)> = sqlx::query_as(sql).fetch_all(&mut *tx.0).await?;
        for (id, studio, name) in rows {
            // Makes another server that is starting, or anyone creating an exercise, wait.
            tx.lock_studio(codec::id("studio id", studio)?).await?;
            // If two names differ only in case, the later one gets no key; it is compared by name.
            let sql = "UPDATE exercises SET name_key = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM exercises other \
                       WHERE other.studio_id = exercises.studio_id AND other.name_key = $2)";
            sqlx::query(sql).bind(id).bind(name_key(&name)).execute(&mut *tx.0).await?;
        }
        tx.commit().await
    }
}

impl Tx {
    /// A studio's exercises by name, also archived ones.
    pub(crate) async fn exercises(&mut self, studio: StudioId) -> Result<Vec<Exercise>, StoreError> {
        find_exercises(&mut *self.0, studio).await
    }

    /// One exercise of a studio.
    pub(crate) async fn exercise(&mut self, studio: StudioId, id: ExerciseId) -> Result<Option<Exercise>, StoreError> {
        let sql = select!("WHERE e.studio_id = $1 AND e.id = $2");
        let row: Option<ExerciseRow> =
            sqlx::query_as(sql).bind(studio.to_string()).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(ExerciseRow::exercise).transpose()
    }

    /// Those of a studio's exercises that have one of these ids, in no particular order.
    pub(crate) async fn exercises_with(
        &mut self,
        studio: StudioId,
        ids: &[ExerciseId],
    ) -> Result<Vec<Exercise>, StoreError> {
        let ids: BTreeSet<String> = ids.iter().map(ExerciseId::to_string).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        let mut exercises = Vec::with_capacity(ids.len());
        // A plan that is too long is refused, but only by the rules, which see the exercises first.
        for ids in ids.chunks(PER_STATEMENT) {
            let sql = format!(select!("WHERE e.studio_id = $1 AND e.id IN ({})"), parameters(2, ids.len()));
            let query = sqlx::query_as::<Any, ExerciseRow>(AssertSqlSafe(sql)).bind(studio.to_string());
            let rows = ids.iter().fold(query, sqlx::query::QueryAs::bind).fetch_all(&mut *self.0).await?;
            for row in rows {
                exercises.push(row.exercise()?);
            }
        }
        Ok(exercises)
    }

    /// The exercises with these ids, each in the place of its id.
    pub(crate) async fn exercises_in_order(
        &mut self,
        studio: StudioId,
        ids: &[ExerciseId],
    ) -> Result<Vec<Exercise>, StoreError> {
        let found = self.exercises_with(studio, ids).await?;
        let by_id: BTreeMap<ExerciseId, &Exercise> = found.iter().map(|exercise| (exercise.id, exercise)).collect();
        let gone = || codec::unreadable("exercise", "it is gone");
        ids.iter().map(|id| by_id.get(id).map(|exercise| (*exercise).clone()).ok_or_else(gone)).collect()
    }

    /// How many exercises a studio has, archived ones included.
    pub(crate) async fn count_exercises(&mut self, studio: StudioId) -> Result<usize, StoreError> {
        let sql = "SELECT COUNT(*) FROM exercises WHERE studio_id = $1";
        let count: i64 = sqlx::query_scalar(sql).bind(studio.to_string()).fetch_one(&mut *self.0).await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Whether there is an exercise with this id in any studio.
    pub(crate) async fn exercise_id_exists(&mut self, id: ExerciseId) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM exercises WHERE id = $1";
        let found: i64 = sqlx::query_scalar(sql).bind(id.to_string()).fetch_one(&mut *self.0).await?;
        Ok(found > 0)
    }

    /// Whether an exercise of the studio other than `except` has this name, ignoring case; archived ones count.
    pub(crate) async fn is_exercise_name_taken(
        &mut self,
        studio: StudioId,
        name: &str,
        except: Option<ExerciseId>,
    ) -> Result<bool, StoreError> {
        let (key, except) = (name_key(name), except.map(|id| id.to_string()).unwrap_or_default());
        let sql = "SELECT COUNT(*) FROM exercises WHERE studio_id = $1 AND name_key = $2 AND id <> $3";
        let found: i64 =
            sqlx::query_scalar(sql).bind(studio.to_string()).bind(&key).bind(&except).fetch_one(&mut *self.0).await?;
        if found > 0 {
            return Ok(true);
        }
        let sql = "SELECT id, name FROM exercises WHERE studio_id = $1 AND name_key IS NULL";
        let rows: Vec<(String, String)> = sqlx::query_as(sql).bind(studio.to_string()).fetch_all(&mut *self.0).await?;
        Ok(rows.iter().any(|(id, known)| *id != except && name_key(known) == key))
    }

    /// Whether a template, a round of any session, or an import that is being committed has this exercise in the studio.
    pub(crate) async fn is_exercise_in_use(&mut self, studio: StudioId, id: ExerciseId) -> Result<bool, StoreError> {
        Ok(self.exercises_in_use(studio, BTreeSet::from([id])).await?.contains(&id))
    }

    /// Those of these exercises that a template, a round of any session, or an import that is being committed has in the
    /// studio. However many they are, each document is looked through once.
    pub(crate) async fn exercises_in_use(
        &mut self,
        studio: StudioId,
        exercises: BTreeSet<ExerciseId>,
    ) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let mut unused: HashMap<String, ExerciseId> = exercises.iter().map(|id| (id.to_string(), *id)).collect();
        // The database looks for one by itself, and has to pass on what it finds only.
        let one = exercises.first().filter(|_| exercises.len() == 1);
        let (pattern, most) = one.map_or_else(|| ("%".to_owned(), i64::MAX), |id| (format!("%\"{id}\"%"), 1));
        for sql in [
            "SELECT exercises FROM imports WHERE studio_id = $1 AND state = 'committing' AND exercises LIKE $2 LIMIT $3",
            "SELECT rounds FROM templates WHERE studio_id = $1 AND rounds LIKE $2 LIMIT $3",
            // Only needed when exercises are archived, which is rare; an index would cost every write of a round.
            "SELECT document FROM sessions WHERE studio_id = $1 AND document LIKE $2 LIMIT $3",
        ] {
            let query = sqlx::query_scalar(sql).bind(studio.to_string()).bind(&pattern).bind(most);
            let mut documents = query.fetch(&mut *self.0);
            while !unused.is_empty()
                && let Some(document) = documents.try_next().await?
            {
                let document: String = document;
                for id in ids_in(&document) {
                    unused.remove(id);
                }
            }
        }
        let unused: BTreeSet<ExerciseId> = unused.into_values().collect();
        Ok(exercises.difference(&unused).copied().collect())
    }

    /// What of the studio uses this exercise.
    pub(crate) async fn exercise_use(&mut self, studio: StudioId, id: ExerciseId) -> Result<UsedIn, StoreError> {
        let templates = self.templates_with(studio, id).await?;
        // Only needed when somebody opens an exercise. One session after the other, because there may be thousands.
        let sql = "SELECT document FROM sessions WHERE studio_id = $1 AND document LIKE $2";
        let query = sqlx::query_scalar(sql).bind(studio.to_string()).bind(in_document(id));
        let mut documents = query.fetch(&mut *self.0);
        let mut used_in = UsedIn { rounds: 0, templates };
        while let Some(document) = documents.try_next().await? {
            let document: String = document;
            let session: UsedExercises = codec::from_json("session", &document)?;
            used_in.rounds += session.rounds_with(id);
        }
        Ok(used_in)
    }

    /// Adds an exercise to a studio's library.
    pub(crate) async fn add_exercise(&mut self, studio: StudioId, exercise: &Exercise) -> Result<(), StoreError> {
        self.add_exercises(studio, std::slice::from_ref(exercise)).await
    }

    /// Adds exercises to a studio's library, many with one statement.
    pub(crate) async fn add_exercises(&mut self, studio: StudioId, exercises: &[Exercise]) -> Result<(), StoreError> {
        let insert = Insert {
            into: "exercises (id, name, category, fields, archived, version, aliases, muscles, cue, name_key, video_id, \
                   studio_id)",
            end: "",
        };
        let bind = |query, exercise| Ok(bind_columns(query, exercise)?.bind(studio.to_string()));
        self.insert_rows(insert, exercises, bind).await
    }

    /// Stores an exercise as it is now. One that shares its name key with another (see `fill_name_keys`) stays without.
    pub(crate) async fn save_exercise(&mut self, exercise: &Exercise) -> Result<(), StoreError> {
        let sql = "UPDATE exercises SET name = $2, category = $3, fields = $4, archived = $5, version = $6, aliases = $7, \
                   muscles = $8, cue = $9, video_id = $11, name_key = CASE WHEN EXISTS (SELECT 1 FROM exercises other WHERE \
                   other.studio_id = exercises.studio_id AND other.name_key = $10 AND other.id <> $1) \
                   THEN NULL ELSE $10 END WHERE id = $1";
        bind_columns(sqlx::query(sql), exercise)?.execute(&mut *self.0).await?;
        Ok(())
    }

    /// Deletes exercises.
    pub(crate) async fn delete_exercises(&mut self, ids: &[ExerciseId]) -> Result<(), StoreError> {
        for ids in ids.chunks(PER_STATEMENT) {
            let sql = format!("DELETE FROM exercises WHERE id IN ({})", parameters(1, ids.len()));
            let query = sqlx::query::<Any>(AssertSqlSafe(sql));
            ids.iter().map(ExerciseId::to_string).fold(query, Query::bind).execute(&mut *self.0).await?;
        }
        Ok(())
    }
}

/// What is written in a document like an id: a string of its length. That is quicker than reading the document, and an id
/// of an exercise is no other entity's.
fn ids_in(document: &str) -> impl Iterator<Item = &str> {
    document.split('"').filter(|part| part.len() == Hyphenated::LENGTH)
}

/// What a document with this exercise in it is like.
pub(super) fn in_document(id: ExerciseId) -> String {
    format!("%\"exercise_id\":\"{id}\"%")
}

/// A stored session, as far as it says which exercises it uses.
#[derive(Deserialize)]
struct UsedExercises {
    rounds: Vec<UsedRound>,
}

#[derive(Deserialize)]
struct UsedRound {
    exercises: Vec<UsedExercise>,
}

#[derive(Deserialize)]
struct UsedExercise {
    exercise_id: ExerciseId,
}

impl UsedExercises {
    fn rounds_with(&self, id: ExerciseId) -> u32 {
        let has_it = |round: &&UsedRound| round.exercises.iter().any(|exercise| exercise.exercise_id == id);
        u32::try_from(self.rounds.iter().filter(has_it).count()).unwrap_or(u32::MAX)
    }
}

/// Binds an exercise's columns, in the order in which both statements that write one number them.
fn bind_columns<'q>(query: Statement<'q>, exercise: &'q Exercise) -> Result<Statement<'q>, StoreError> {
    Ok(query
        .bind(exercise.id.to_string())
        .bind(&exercise.name)
        .bind(codec::word(&exercise.category)?)
        .bind(codec::json(&exercise.fields)?)
        .bind(i64::from(exercise.archived))
        .bind(codec::number(exercise.version))
        .bind(codec::json(&exercise.aliases)?)
        .bind(codec::json(&exercise.muscles)?)
        .bind(&exercise.cue)
        .bind(name_key(&exercise.name))
        .bind(exercise.video.as_ref().map(|video| video.id.to_string())))
}

impl ExerciseRow {
    fn exercise(self) -> Result<Exercise, StoreError> {
        Ok(Exercise {
            id: codec::id("exercise id", self.id)?,
            name: self.name,
            aliases: codec::from_json("alias", &self.aliases)?,
            category: codec::from_word("category", self.category)?,
            fields: codec::from_json("field", &self.fields)?,
            muscles: codec::from_json("muscle", &self.muscles)?,
            cue: self.cue,
            video: self.video.read()?,
            archived: self.archived == 1,
            version: codec::count(self.version),
        })
    }
}
