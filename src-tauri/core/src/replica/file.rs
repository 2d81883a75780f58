//! The replica's file: an SQLite database on one connection, for there is one writer and memory answers the reads.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Row, SqliteConnection};
use training::{Session, SessionId, Sessions};
use uuid::Uuid;

use super::{Contents, ReplicaError};
use crate::environment::Environment;
use crate::outbox::Entry;

/// The schema version of the file. A file of a later one is refused, not guessed at.
const SCHEMA_VERSION: i64 = 2;

/// The name of the fact how far this machine's clock is off.
pub(super) const CLOCK_OFFSET: &str = "clock_offset_ms";

/// See the module.
pub(super) struct File {
    options: SqliteConnectOptions,
    connection: SqliteConnection,
    /// Whether a commit failed: what state that left the connection in, nobody knows.
    in_doubt: bool,
    /// What the connection is set to; none while that is being changed.
    durability: Option<Durability>,
    environment: Arc<dyn Environment>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({:?})", self.connection)
    }
}

/// Something to be written, together with others or not at all.
pub(super) enum Write<'a> {
    /// Everything but the outbox and the clock's offset goes.
    Erase,
    /// A fact, as a JSON document.
    Fact(&'static str, String),
    /// A session, in place of what was known of it.
    Session(&'a Session),
    /// A session goes.
    NoSession(SessionId),
    /// An act, behind all others or in the place it has.
    Entry(&'a Entry),
    /// An act takes the place of the one with this key.
    Instead(Uuid, &'a Entry),
    /// An act goes.
    NoEntry(Uuid),
}

/// How much a change must survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// The end of the process. A power cut may lose the last events together with their cursor; the feed brings them
    /// again.
    Process,
    /// Also a power cut.
    Power,
}

impl Write<'_> {
    /// A fact to be kept.
    pub(super) fn fact(name: &'static str, document: &(impl Serialize + Sync)) -> Result<Self, ReplicaError> {
        Ok(Self::Fact(name, serde_json::to_string(document)?))
    }
}

impl File {
    /// Opens the file, making it if there is none, and reads what it holds.
    pub(super) async fn open(
        path: &Path,
        environment: &Arc<dyn Environment>,
    ) -> Result<(Self, Contents), ReplicaError> {
        let opening = async {
            let options = SqliteConnectOptions::from_str("sqlite://")?
                .filename(path)
                .create_if_missing(true)
                // What is erased is gone: the next person on this machine is somebody else.
                .pragma("secure_delete", "ON")
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal);
            let mut connection = SqliteConnection::connect_with(&options).await?;
            let schema_version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await?;
            if schema_version > SCHEMA_VERSION {
                return Err(ReplicaError::Newer);
            }
            if schema_version < SCHEMA_VERSION {
                migrate(&mut connection, schema_version).await?;
            }
            let contents = read(&mut connection).await?;
            Ok((
                Self { options, connection, in_doubt: false, durability: None, environment: Arc::clone(environment) },
                contents,
            ))
        };
        if environment.stands_still_for_files() { futures_executor::block_on(opening) } else { opening.await }
    }

    /// Writes all of `writes`, or nothing.
    pub(super) async fn commit(&mut self, writes: &[Write<'_>], durability: Durability) -> Result<(), ReplicaError> {
        let alone = self.environment.stands_still_for_files();
        let committing = self.commit_now(writes, durability);
        if alone { futures_executor::block_on(committing) } else { committing.await }?;
        self.environment.has_written();
        Ok(())
    }

    async fn commit_now(&mut self, writes: &[Write<'_>], durability: Durability) -> Result<(), ReplicaError> {
        if self.in_doubt {
            // SQLite may have ended the transaction by itself (a full disk), which sqlx does not know.
            self.connection = SqliteConnection::connect_with(&self.options).await?;
            self.durability = None;
        }
        self.in_doubt = true;
        self.transact(writes, durability).await?;
        self.in_doubt = false;
        Ok(())
    }

    async fn transact(&mut self, writes: &[Write<'_>], durability: Durability) -> Result<(), ReplicaError> {
        if self.durability != Some(durability) {
            // Not known while it is asked for: whoever waits for it may give up.
            self.durability = None;
            let synchronous = match durability {
                Durability::Process => "PRAGMA synchronous = NORMAL",
                Durability::Power => "PRAGMA synchronous = FULL",
            };
            sqlx::query(synchronous).execute(&mut self.connection).await?;
            self.durability = Some(durability);
        }
        let mut transaction = self.connection.begin().await?;
        for write in writes {
            apply(&mut transaction, write).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Closes the file, so that it may be given another name.
    pub(super) async fn close(self) -> Result<(), ReplicaError> {
        let closing = self.connection.close();
        Ok(if self.environment.stands_still_for_files() { futures_executor::block_on(closing) } else { closing.await }?)
    }

    #[cfg(test)]
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

async fn apply(connection: &mut SqliteConnection, write: &Write<'_>) -> Result<(), ReplicaError> {
    let query = match write {
        Write::Erase => {
            // What is known of this machine and not of the server stays.
            sqlx::query("DELETE FROM facts WHERE name <> $1").bind(CLOCK_OFFSET).execute(&mut *connection).await?;
            sqlx::query("DELETE FROM sessions")
        }
        Write::Fact(name, document) => {
            let statement = "INSERT INTO facts (name, document) VALUES ($1, $2) \
                             ON CONFLICT (name) DO UPDATE SET document = excluded.document";
            sqlx::query(statement).bind(*name).bind(document)
        }
        Write::Session(session) => {
            let statement = "INSERT INTO sessions (id, document) VALUES ($1, $2) \
                             ON CONFLICT (id) DO UPDATE SET document = excluded.document";
            sqlx::query(statement).bind(session.id.to_string()).bind(serde_json::to_string(session)?)
        }
        Write::NoSession(id) => sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id.to_string()),
        Write::Entry(entry) => {
            let statement = "INSERT INTO outbox (key, document) VALUES ($1, $2) \
                             ON CONFLICT (key) DO UPDATE SET document = excluded.document";
            sqlx::query(statement).bind(entry.key.to_string()).bind(serde_json::to_string(entry)?)
        }
        Write::Instead(key, entry) => sqlx::query("UPDATE outbox SET key = $1, document = $2 WHERE key = $3")
            .bind(entry.key.to_string())
            .bind(serde_json::to_string(entry)?)
            .bind(key.to_string()),
        Write::NoEntry(key) => sqlx::query("DELETE FROM outbox WHERE key = $1").bind(key.to_string()),
    };
    query.execute(connection).await?;
    Ok(())
}

/// Brings a file from `version` to the present one, in one transaction.
async fn migrate(connection: &mut SqliteConnection, schema_version: i64) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let steps: [&[&str]; 2] = [
        &[
            "CREATE TABLE facts (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT",
            "CREATE TABLE sessions (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT",
        ],
        &["CREATE TABLE outbox (place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT"],
    ];
    for (step, version) in steps.into_iter().zip(1_i64..) {
        if version > schema_version {
            for statement in step {
                sqlx::query(*statement).execute(&mut *transaction).await?;
            }
        }
    }
    sqlx::query("PRAGMA user_version = 2").execute(&mut *transaction).await?;
    transaction.commit().await
}

/// What the file holds.
///
/// A document that can't be read was written by another version, which is no damage. What the server has as well is
/// then taken from there: without a cursor the next thing is a snapshot. An act stays where it is, for the version that
/// can read it.
async fn read(connection: &mut SqliteConnection) -> Result<Contents, ReplicaError> {
    let mut sessions = Sessions::new();
    let mut is_whole = true;
    for row in sqlx::query("SELECT document FROM sessions").fetch_all(&mut *connection).await? {
        match serde_json::from_str::<Session>(row.try_get(0)?) {
            Ok(session) => {
                sessions.insert(session.id, session);
            }
            Err(_) => is_whole = false,
        }
    }
    let mut outbox = Vec::new();
    for row in sqlx::query("SELECT document FROM outbox ORDER BY place").fetch_all(&mut *connection).await? {
        match serde_json::from_str(row.try_get(0)?) {
            Ok(entry) => outbox.push(entry),
            Err(error) => tracing::error!(%error, "an act in the outbox can't be read and waits for another version"),
        }
    }
    Ok(Contents {
        outbox,
        cursor: fact(connection, "cursor").await?.filter(|_| is_whole),
        me: fact(connection, "me").await?,
        server: fact(connection, "server").await?,
        exercises: fact(connection, "exercises").await?.unwrap_or_default(),
        athletes: fact(connection, "athletes").await?.unwrap_or_default(),
        clock_offset_ms: fact(connection, CLOCK_OFFSET).await?.unwrap_or_default(),
        sessions,
    })
}

async fn fact<T: DeserializeOwned>(connection: &mut SqliteConnection, name: &str) -> Result<Option<T>, ReplicaError> {
    let row = sqlx::query("SELECT document FROM facts WHERE name = $1").bind(name).fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(serde_json::from_str(row.try_get(0)?).ok())
}
