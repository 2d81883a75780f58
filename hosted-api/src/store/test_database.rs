//! A database for a single test, removed after it.

use sqlx::{AssertSqlSafe, Executor};
use tempfile::TempDir;
use uuid::Uuid;

use super::DatabaseUrl;

/// The variable in which `cargo xtask test` passes the URL of its Postgres cluster.
const POSTGRES: &str = "RINGSIDE_TEST_POSTGRES";

/// A separate database.
pub(crate) enum TestDatabase {
    Sqlite { directory: TempDir },
    Postgres { admin: String, name: String },
}

impl TestDatabase {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite { directory: TempDir::new().expect("a directory for the database") }
    }

    pub(crate) async fn postgres() -> Self {
        let Ok(admin) = std::env::var(POSTGRES) else {
            panic!("this half of the test needs a Postgres cluster in {POSTGRES}: run `cargo xtask test`");
        };
        let name = format!("ringside_{}", Uuid::now_v7().simple());
        execute(&admin, format!("CREATE DATABASE {name}")).await;
        Self::Postgres { admin, name }
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        match self {
            Self::Sqlite { directory } => {
                DatabaseUrl::sqlite(&directory.path().join("ringside.db")).expect("the path is absolute")
            }
            Self::Postgres { admin, name } => {
                let mut url = url::Url::parse(admin).expect("the cluster's address is a URL");
                url.set_path(name);
                url.as_str().parse().expect("it is one we can use")
            }
        }
    }

    pub(crate) async fn remove(self) {
        match self {
            Self::Sqlite { directory } => directory.close().expect("the directory goes"),
            Self::Postgres { admin, name } => {
                execute(&admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
        }
    }
}

async fn execute(admin: &str, sql: String) {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(admin).await.expect("the cluster answers");
    // The SQL contains only a name that we chose ourselves.
    pool.execute(AssertSqlSafe(sql)).await.expect("the statement is good");
    pool.close().await;
}

/// Changes that only an administrator could make, and that have no endpoints yet.
impl super::Store {
    pub(crate) async fn set_roles(&self, user: &str, roles: &str) {
        let changing = sqlx::query("UPDATE users SET roles = $2 WHERE id = $1").bind(user).bind(roles);
        changing.execute(&self.writer).await.expect("the roles change");
    }

    pub(crate) async fn set_active(&self, user: &str, active: bool) {
        let changing = sqlx::query("UPDATE users SET active = $2 WHERE id = $1").bind(user).bind(i64::from(active));
        changing.execute(&self.writer).await.expect("the account changes");
    }

    /// Of every studio.
    pub(crate) async fn set_time_zone(&self, name: &str) {
        let changing = sqlx::query("UPDATE studios SET time_zone = $1").bind(name);
        changing.execute(&self.writer).await.expect("the time zone changes");
    }
}

impl super::Store {
    /// How many rate limits are stored.
    pub(crate) async fn shared_limits(&self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM shared_limits").fetch_one(&self.reader).await.expect("it is counted")
    }
}

/// What is in nobody's feed: the database was edited by hand.
impl super::Store {
    pub(crate) async fn set_trainer_of_session(&self, session: &str, trainer: &str) {
        let changing = sqlx::query("UPDATE sessions SET trainer_id = $2 WHERE id = $1").bind(session).bind(trainer);
        assert_eq!(changing.execute(&self.writer).await.expect("it changes").rows_affected(), 1);
    }

    /// Moves an exercise to the studio of this person.
    pub(crate) async fn move_exercise(&self, exercise: &str, to: &str) {
        let sql = "UPDATE exercises SET studio_id = (SELECT studio_id FROM users WHERE id = $2) WHERE id = $1";
        let changed = sqlx::query(sql).bind(exercise).bind(to).execute(&self.writer).await.expect("it changes");
        assert_eq!(changed.rows_affected(), 1);
    }
}

/// What becomes of a database's disk, or of its place in a cluster.
impl super::Store {
    /// Has it refuse to be written, or not any more.
    pub(crate) async fn set_read_only(&self, read_only: bool) {
        let mut connection = self.writer.acquire().await.expect("a connection");
        let word = if read_only { "on" } else { "off" };
        if connection.backend_name() == "SQLite" {
            let sql = format!("PRAGMA query_only = {word}");
            connection.execute(AssertSqlSafe(sql)).await.expect("it is done");
            return;
        }
        let name: String = sqlx::query_scalar("SELECT current_database()::text")
            .fetch_one(&mut *connection)
            .await
            .expect("it has a name");
        let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = {word}");
        connection.execute("SET default_transaction_read_only = off").await.expect("it is done");
        connection.execute(AssertSqlSafe(sql)).await.expect("it is done");
        // It counts for new connections.
        let sql = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        connection.execute(sql).await.expect("it is done");
        connection.close().await.expect("it is closed");
    }

    /// Leaves no room beyond what the file of an SQLite database has now.
    pub(crate) async fn fill_up(&self) {
        // SQLite takes it for the size that the file has already.
        self.writer.execute("PRAGMA max_page_count = 1").await.expect("it is done");
    }

    /// What was written last to see whether that works.
    pub(crate) async fn last_write_check(&self) -> i64 {
        sqlx::query_scalar("SELECT MAX(id) FROM write_checks").fetch_one(&self.reader).await.expect("it is there")
    }
}

/// Exercises as they are stored by a server without name keys.
impl super::Store {
    pub(crate) async fn rename_without_key(&self, id: &str, name: &str) {
        let changing = sqlx::query("UPDATE exercises SET name = $2, name_key = NULL WHERE id = $1").bind(id).bind(name);
        let changed = changing.execute(&self.writer).await.expect("it changes");
        assert_eq!(changed.rows_affected(), 1);
    }
}

/// Changes that otherwise only time could make.
impl super::Store {
    pub(crate) async fn expire_access(&self, token: &str, at: training::Timestamp) {
        let hash = crate::accounts::hash(token);
        let changing = sqlx::query("UPDATE access_tokens SET expires_at = $2 WHERE hash = $1");
        let changed = changing.bind(hash).bind(at.as_millisecond()).execute(&self.writer).await.expect("it changes");
        assert_eq!(changed.rows_affected(), 1);
    }
}

/// People and studios as an earlier version stored them.
impl super::Store {
    pub(crate) async fn forget_what_people_are_found_by(&self) {
        for statement in ["UPDATE users SET search_text = NULL, sort_key = NULL", "UPDATE studios SET time_zone = NULL"]
        {
            sqlx::query(statement).execute(&self.writer).await.expect("it is done");
        }
    }
}

impl super::Store {
    pub(crate) async fn expire_invitation(&self, user: &str, at: training::Timestamp) {
        let changing = sqlx::query("UPDATE invitations SET expires_at = $2 WHERE user_id = $1");
        let changed = changing.bind(user).bind(at.as_millisecond()).execute(&self.writer).await.expect("it changes");
        assert_eq!(changed.rows_affected(), 1);
    }

    /// How many stored answers, events and entries of the audit log contain a text.
    pub(crate) async fn stored_texts_with(&self, text: &str) -> i64 {
        let sql = "SELECT (SELECT COUNT(*) FROM idempotency WHERE answer LIKE $1) + (SELECT COUNT(*) FROM feed_events \
                   WHERE body LIKE $1) + (SELECT COUNT(*) FROM audit WHERE on_name LIKE $1 OR on_id LIKE $1) + \
                   (SELECT COUNT(*) FROM invitations WHERE code_hash LIKE $1)";
        let counting = sqlx::query_scalar(sql).bind(format!("%{text}%"));
        counting.fetch_one(&self.reader).await.expect("it is counted")
    }
}

/// Changes that only a server of another version could make.
impl super::Store {
    /// Writes a session as a newer server would, with a field and a format unknown to this one; returns its text.
    pub(crate) async fn write_session_as_newer_server(&self, id: &str) -> String {
        let document = self.session_document(id).await.replacen('{', "{\"mood\":\"good\",", 1);
        let changing = sqlx::query("UPDATE sessions SET document = $2 WHERE id = $1").bind(id).bind(&document);
        changing.execute(&self.writer).await.expect("it changes");
        self.set_session_format(id, super::session_format::FORMAT + 1).await;
        document
    }

    /// Writes a template as a newer server would, in a format unknown to this one.
    pub(crate) async fn write_template_as_newer_server(&self, id: &str) {
        let changing = sqlx::query("UPDATE templates SET format = $2 WHERE id = $1").bind(id);
        changing.bind(super::templates::FORMAT + 1).execute(&self.writer).await.expect("it changes");
    }

    /// Forgets what is derived from all sessions, as if servers of the version before had stored them.
    pub(crate) async fn forget_sets(&self) {
        for statement in [
            "DELETE FROM done_sets",
            "DELETE FROM session_facts",
            "DELETE FROM athlete_bests",
            "UPDATE athlete_records SET document = '[]'",
            "UPDATE sessions SET sets_version = 0, projected_version = 0",
        ] {
            sqlx::query(statement).execute(&self.writer).await.expect("it is done");
        }
    }

    pub(crate) async fn count_imports(&self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM imports").fetch_one(&self.reader).await.expect("it is counted")
    }

    /// Damages what is stored.
    pub(crate) async fn damage(&self, statement: &'static str) {
        sqlx::query(statement).execute(&self.writer).await.expect("it is done");
    }

    /// Has the first exercise of a session in it twice, at one and the same place.
    pub(crate) async fn repeat_exercise(&self, session: &str) {
        let document = self.session_document(session).await;
        let mut document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
        let exercises = document["rounds"][0]["exercises"].as_array_mut().expect("a list");
        exercises.push(exercises[0].clone());
        let changing = sqlx::query("UPDATE sessions SET document = $2 WHERE id = $1").bind(session);
        changing.bind(document.to_string()).execute(&self.writer).await.expect("it changes");
    }

    pub(crate) async fn set_session_format(&self, id: &str, format: i64) {
        let changing = sqlx::query("UPDATE sessions SET format = $2 WHERE id = $1").bind(id).bind(format);
        changing.execute(&self.writer).await.expect("it changes");
    }

    pub(crate) async fn session_format(&self, id: &str) -> i64 {
        let reading = sqlx::query_scalar("SELECT format FROM sessions WHERE id = $1").bind(id);
        reading.fetch_one(&self.reader).await.expect("it is there")
    }

    pub(crate) async fn session_document(&self, id: &str) -> String {
        let reading = sqlx::query_scalar("SELECT document FROM sessions WHERE id = $1").bind(id);
        reading.fetch_one(&self.reader).await.expect("it is there")
    }

    pub(crate) async fn migrate_as_newer_server(&self) {
        for statement in [
            "CREATE TABLE moods (id TEXT PRIMARY KEY)",
            "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) \
             SELECT 9999, 'moods', installed_on, success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        ] {
            sqlx::query(statement).execute(&self.writer).await.expect("it is done");
        }
    }

    pub(crate) async fn migrate_again(&self) {
        self.migrate().await.expect("what is missing here is no fault");
    }
}

/// What a database has anywhere.
impl super::Store {
    /// Where a text is found: tables, and of SQLite the files too, byte by byte.
    pub(crate) async fn places_of(&self, database: &DatabaseUrl, text: &str) -> Vec<String> {
        if let Some(file) = database.file() {
            let suffixes = ["", "-wal", "-shm", "-journal"];
            let files = suffixes.map(|suffix| format!("{}{suffix}", file.display()));
            let has_it = |file: &String| {
                let bytes = std::fs::read(file).unwrap_or_default();
                bytes.windows(text.len()).any(|window| window == text.as_bytes())
            };
            return files.into_iter().filter(has_it).collect();
        }
        let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&self.reader).await.expect("a list");
        let mut places = Vec::new();
        for table in tables {
            let sql = format!("SELECT COUNT(*) FROM {table} t WHERE t::text LIKE $1");
            let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(format!("%{text}%"));
            let found: i64 = query.fetch_one(&self.reader).await.expect("it is counted");
            if found > 0 {
                places.push(table);
            }
        }
        places
    }

    /// Whether nothing is left to do of any erasure.
    pub(crate) async fn are_erasures_finished(&self) -> bool {
        self.unfinished_erasures().await.expect("a list").is_empty()
    }
}
