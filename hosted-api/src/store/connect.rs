//! Opening a database: which one a URL names, its connections and its tables.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor};
use url::Url;

use super::{Store, StoreError, WriteCheck};
use crate::path_problem::PathProblem;
use crate::private_files::make_private;

/// The URL of a database this server can use.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Url);

/// The text is not the URL of a database this server can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a database URL looks like postgres://user@host/name or sqlite:///path/to/file.db")]
pub struct BadDatabaseUrl;

impl FromStr for DatabaseUrl {
    type Err = BadDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, BadDatabaseUrl> {
        let mut url = Url::parse(text).map_err(|_| BadDatabaseUrl)?;
        match url.scheme() {
            "postgres" | "postgresql" => Ok(Self(url)),
            // Files only: an in-memory database would be a different one for each connection.
            "sqlite" if url.path().starts_with('/') && !url.path().ends_with('/') => {
                if !url.query_pairs().any(|(name, _)| name == "mode") {
                    url.query_pairs_mut().append_pair("mode", "rwc");
                }
                Ok(Self(url))
            }
            _ => Err(BadDatabaseUrl),
        }
    }
}

impl DatabaseUrl {
    /// The SQLite database in a file, which is created if missing.
    ///
    /// # Errors
    /// [`BadDatabaseUrl`] when `file` is not absolute.
    pub fn sqlite(file: &Path) -> Result<Self, BadDatabaseUrl> {
        let mut url = Url::from_file_path(file).map_err(|()| BadDatabaseUrl)?;
        // Neither the `file` nor the `sqlite` scheme has special rules, so the path is written alike in both.
        url = Url::parse(&url.as_str().replacen("file", "sqlite", 1)).map_err(|_| BadDatabaseUrl)?;
        url.set_query(Some("mode=rwc"));
        Ok(Self(url))
    }

    /// Whether it is an SQLite file that is not there yet, so that opening it would make it.
    pub fn is_missing(&self) -> bool {
        self.file().is_some_and(|file| matches!(file.try_exists(), Ok(false)))
    }

    fn is_sqlite(&self) -> bool {
        self.0.scheme() == "sqlite"
    }

    /// The file of an SQLite database.
    pub(super) fn file(&self) -> Option<PathBuf> {
        let path = self.is_sqlite().then(|| format!("file://{}", self.0.path()))?;
        Url::parse(&path).ok()?.to_file_path().ok()
    }
}

impl std::fmt::Display for DatabaseUrl {
    /// Without user, password and options: it is written to logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.0.scheme(), self.0.host_str().unwrap_or_default())?;
        if let Some(port) = self.0.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(self.0.path())
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl Store {
    /// Opens an existing database: a caller that looks something up would mistake a new, empty one for one without it.
    pub(crate) async fn connect_existing(url: &DatabaseUrl) -> Result<Self, StoreError> {
        must_exist(url)?;
        Self::connect(url).await
    }

    /// Opens an existing database and changes nothing about it: neither its tables, nor who may read its files.
    pub(crate) async fn connect_unchanged(url: &DatabaseUrl) -> Result<Self, StoreError> {
        must_exist(url)?;
        Self::open(url, ACQUIRE_TIMEOUT).await.map_err(|error| explained(error, url))
    }

    /// Opens the database, creates it if it is a missing SQLite file, and migrates its tables.
    pub(crate) async fn connect(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Self::connect_with_timeout(url, ACQUIRE_TIMEOUT).await
    }

    /// [`Store::connect`], but a request waits this long for a connection.
    pub(crate) async fn connect_with_timeout(url: &DatabaseUrl, acquire_timeout: Duration) -> Result<Self, StoreError> {
        let store = Self::connect_and_migrate(url, acquire_timeout).await.map_err(|error| explained(error, url))?;
        if let Some(file) = url.file() {
            keep_private(&file);
        }
        Ok(store)
    }

    async fn connect_and_migrate(url: &DatabaseUrl, acquire_timeout: Duration) -> Result<Self, StoreError> {
        let store = Self::open(url, acquire_timeout).await?;
        if url.is_sqlite() {
            // In WAL mode readers and the writer don't wait for each other. The mode stays with the file.
            store.writer.execute("PRAGMA journal_mode = WAL").await?;
        }
        store.migrate().await?;
        Ok(store)
    }

    async fn open(url: &DatabaseUrl, acquire_timeout: Duration) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let options: AnyConnectOptions = url.0.as_str().parse()?;
        // A pool retries until its timeout and then has lost the cause; a single connection reports it at once.
        check_connection(&options).await.map_err(|source| StoreError::Open { url: Box::new(url.clone()), source })?;
        if url.is_sqlite() {
            Self::sqlite(options, acquire_timeout).await
        } else {
            Self::postgres(options, acquire_timeout).await
        }
    }

    /// How many of this version's migrations the tables have not had yet.
    pub(crate) async fn due_migrations(&self) -> Result<usize, StoreError> {
        let mut connection = self.reader.acquire().await?;
        let sql = if connection.backend_name() == "SQLite" {
            "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'"
        } else {
            "SELECT COUNT(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('_sqlx_migrations')"
        };
        let has_any: i64 = sqlx::query_scalar(sql).fetch_one(&mut *connection).await?;
        let applied: Vec<i64> = if has_any == 0 {
            Vec::new()
        } else {
            sqlx::query_scalar("SELECT version FROM _sqlx_migrations").fetch_all(&mut *connection).await?
        };
        Ok(migrator().iter().filter(|migration| !applied.contains(&migration.version)).count())
    }

    /// Migrates the tables.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        // During a rolling upgrade an older node may start on tables that a newer one has migrated. Migrations only
        // add, and newer documents are left alone.
        migrator().set_ignore_missing(true).run(&self.writer).await?;
        self.fill_name_keys().await?;
        self.fill_people().await
    }

    async fn sqlite(options: AnyConnectOptions, acquire_timeout: Duration) -> Result<Self, StoreError> {
        let writer = sqlite_pool(1, acquire_timeout).connect_with(options.clone()).await?;
        let reader = sqlite_pool(4, acquire_timeout).connect_with(options).await?;
        let (begin_write, begin_read) = ("BEGIN IMMEDIATE", "BEGIN");
        Ok(Self { writer, reader, begin_write, begin_read, is_shared: false, write_check: WriteCheck::default() })
    }

    async fn postgres(options: AnyConnectOptions, acquire_timeout: Duration) -> Result<Self, StoreError> {
        let pool: AnyPool = AnyPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(acquire_timeout)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    // The pool pings each connection when it is returned. One that has been idle since may have been
                    // lost in a restart of the database; finding out costs a round trip. One that was lost within its
                    // first idle second fails one request, which the client may retry.
                    Ok(meta.idle_for < IDLE_BEFORE_PING || connection.ping().await.is_ok())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self {
            writer: pool.clone(),
            reader: pool,
            // This level suffices: a transaction locks whatever it bases a decision on beforehand.
            begin_write: "BEGIN ISOLATION LEVEL READ COMMITTED",
            begin_read: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            is_shared: true,
            write_check: WriteCheck::default(),
        })
    }
}

fn migrator() -> Migrator {
    sqlx::migrate!("./migrations")
}

/// The error, or what can be seen to stand in the way of the file it is about.
fn explained(error: StoreError, url: &DatabaseUrl) -> StoreError {
    match url.file().and_then(|file| PathProblem::of_database(&file)) {
        Some(problem) => StoreError::File { url: Box::new(url.clone()), problem },
        None => error,
    }
}

/// Refuses a missing SQLite file, which would be made.
fn must_exist(url: &DatabaseUrl) -> Result<(), StoreError> {
    match url.file() {
        Some(file) if matches!(file.try_exists(), Ok(false)) => Err(StoreError::Missing(file)),
        _ => Ok(()),
    }
}

/// Lets nobody else read the file of a database and those beside it: an older version may have created them open to
/// others. A database that is somebody else's is used as it is.
fn keep_private(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        if let Err(error) = make_private(Path::new(&path)) {
            tracing::warn!(error = &error as &dyn std::error::Error, "others may read the database");
        }
    }
}

/// Whether the database opens and can be read.
async fn check_connection(options: &AnyConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect_with(options).await?;
    // SQLite opens any file; only the first query of a table shows whether it is a database.
    let tables = if connection.backend_name() == "SQLite" { "sqlite_master" } else { "pg_catalog.pg_class" };
    connection.execute(AssertSqlSafe(format!("SELECT COUNT(*) FROM {tables}"))).await?;
    connection.close().await
}

/// How long a request waits for a connection before it is refused because the server is at its limit.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that was idle for this long is pinged before use.
const IDLE_BEFORE_PING: Duration = Duration::from_secs(1);

fn sqlite_pool(connections: u32, acquire_timeout: Duration) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(acquire_timeout)
        // There is no network between us and the file, so no connection can be lost.
        .test_before_acquire(false)
        // A failed commit (full disk) may end the transaction for SQLite but not for sqlx. Such a connection would
        // refuse every transaction from then on, so it is discarded. Pending rollbacks are done by now: the pool pings
        // each connection when it is returned.
        .before_acquire(|connection, _| Box::pin(std::future::ready(Ok(!connection.is_in_transaction()))))
        .after_connect(|connection, _| {
            Box::pin(async move {
                // FULL: an acknowledged commit survives a power cut, also in WAL mode. What is deleted is overwritten.
                connection
                    .execute(
                        "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                         PRAGMA secure_delete = ON;",
                    )
                    .await?;
                Ok(())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_file_name_is_encoded_in_a_url() {
        let url = DatabaseUrl::sqlite(Path::new("/data/a b?#ü.db")).expect("an absolute path");
        assert_eq!(url.0.as_str(), "sqlite:///data/a%20b%3F%23%C3%BC.db?mode=rwc");
        assert_eq!(url.file().as_deref(), Some(Path::new("/data/a b?#ü.db")), "and a file again");
        assert_eq!(DatabaseUrl::sqlite(Path::new("relative.db")), Err(BadDatabaseUrl));
    }

    #[tokio::test]
    async fn connect_existing_does_not_create_a_database() {
        let place = tempfile::tempdir().expect("a directory");
        let file = place.path().join("a b/ringside.db");
        let url = DatabaseUrl::sqlite(&file).expect("an absolute path");
        let missing = Store::connect_existing(&url).await.err().expect("it is not there");
        assert_eq!(missing.to_string(), format!("there is no database at {}", file.display()));
        assert!(!file.parent().expect("a directory above it").exists());
        std::fs::create_dir(file.parent().expect("a directory above it")).expect("writable");
        assert!(Store::connect_existing(&url).await.is_err() && !file.exists(), "nor in a directory that is there");
        Store::connect(&url).await.expect("it is made").close().await;
        Store::connect_existing(&url).await.expect("it is there").close().await;
    }

    #[test]
    fn a_displayed_database_url_contains_no_secret() {
        let url: DatabaseUrl = "postgres://me:s3cret@db.example:5433/ringside?sslkey=x".parse().expect("a database");
        assert_eq!((url.to_string(), format!("{url:?}")), {
            let expected = "postgres://db.example:5433/ringside".to_owned();
            (expected.clone(), expected)
        });
    }

    #[test]
    fn only_supported_database_urls_are_accepted() {
        assert!("postgres://u@localhost/ringside".parse::<DatabaseUrl>().is_ok());
        let file: DatabaseUrl = "sqlite:///var/lib/ringside.db".parse().expect("a file");
        assert_eq!(file.0.as_str(), "sqlite:///var/lib/ringside.db?mode=rwc", "it is made when it is missing");
        for text in
            ["", "sqlite::memory:", "sqlite:///", "ringside.db", "mysql://u@localhost/ringside", "http://localhost"]
        {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(BadDatabaseUrl), "{text:?}");
        }
    }
}
