//! The schema of the replica's file, and the migrations from every earlier version.

use sqlx::{Connection, SqliteConnection};

/// The version of the schema. A file with a later version is rejected, without guessing.
pub(super) const SCHEMA_VERSION: i64 = 4;

/// The statements that lead from each version to the next.
const STEPS: [&[&str]; 4] = [
    &[
        "CREATE TABLE facts (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT",
        "CREATE TABLE sessions (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT",
        "PRAGMA user_version = 1",
    ],
    &[
        "CREATE TABLE outbox (place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT",
        "PRAGMA user_version = 2",
    ],
    // Entities of any kind.
    &[
        "CREATE TABLE documents (kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, \
         PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID",
        "INSERT INTO documents (kind, id, version, document) \
         SELECT 'session', id, COALESCE(json_extract(document, '$.version'), 0), document FROM sessions",
        "INSERT OR IGNORE INTO documents (kind, id, version, document) \
         SELECT 'exercise', json_extract(exercise.value, '$.id'), 0, exercise.value \
         FROM facts, json_each(facts.document) AS exercise \
         WHERE facts.name = 'exercises' AND json_extract(exercise.value, '$.id') IS NOT NULL",
        "DROP TABLE sessions",
        "DELETE FROM facts WHERE name = 'exercises'",
        "ALTER TABLE facts RENAME TO meta",
        "PRAGMA user_version = 3",
    ],
    // Videos on their way to the server.
    &[
        "CREATE TABLE uploads (place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT",
        "PRAGMA user_version = 4",
    ],
];

/// Migrates a file from `version` to the current version, in one transaction. If interrupted, the file is unchanged.
pub(super) async fn migrate(connection: &mut SqliteConnection, version: i64) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    for statement in statements(version) {
        sqlx::query(statement).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// The statements that lead from `version` to the current version.
fn statements(version: i64) -> impl Iterator<Item = &'static str> {
    let steps = STEPS.into_iter().zip(1_i64..).filter(move |(_, to)| *to > version);
    steps.flat_map(|(step, _)| step.iter().copied())
}

#[cfg(test)]
pub(super) const STATEMENTS_SINCE_2: usize = STEPS[2].len() + STEPS[3].len();

/// A migration from version 2 that is interrupted after the given number of statements.
#[cfg(test)]
pub(super) async fn interrupted_after(connection: &mut SqliteConnection, done: usize) {
    let mut transaction = connection.begin().await.expect("it begins");
    for statement in statements(2).take(done) {
        sqlx::query(statement).execute(&mut *transaction).await.expect("it is done");
    }
    // Neither committed nor rolled back.
    std::mem::forget(transaction);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_step_sets_its_own_version_and_the_last_the_present_one() {
        for (step, version) in STEPS.iter().zip(1..) {
            assert_eq!(step.last().copied(), Some(format!("PRAGMA user_version = {version}").as_str()));
        }
        assert_eq!(i64::try_from(STEPS.len()), Ok(SCHEMA_VERSION));
    }
}
