//! The replica's file: an SQLite database with one connection, because there is one writer and reads are served from
//! memory.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Row, SqliteConnection};
use training::{Document, EntityRef, Kind};
use uuid::Uuid;

use super::migrate::{SCHEMA_VERSION, migrate};
use super::{Contents, DocumentMap, ReplicaError, aside};
use crate::environment::Environment;
use crate::outbox::Entry;
use crate::uploads::UploadJob;

/// The name of the `meta` row that holds this machine's clock offset.
pub(super) const CLOCK_OFFSET: &str = "clock_offset_ms";
/// The name of the `meta` row with the videos of the person's rounds.
pub(super) const SEEN_VIDEOS: &str = "seen_videos";
/// The name of the `meta` row that says whether what was deleted is still to be overwritten.
pub(super) const OVERWRITE_DUE: &str = "overwrite_due";

/// See the module.
pub(super) struct File {
    options: SqliteConnectOptions,
    connection: SqliteConnection,
    /// Whether a commit failed, so that the state of the connection is unknown.
    in_doubt: bool,
    /// The durability the connection is set to. `None` while it is being changed.
    durability: Option<Durability>,
    environment: Arc<dyn Environment>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({:?})", self.connection)
    }
}

/// A write, committed together with others or not at all.
pub(super) enum Write<'a> {
    /// Deletes everything but the outbox, the uploads, the clock offset, and that something is to be overwritten.
    Clear,
    /// Stores a fact about the replica as a whole, as JSON.
    PutMeta(&'static str, String),
    /// Stores an entity, replacing its previous version.
    PutDocument(&'a Document),
    /// Deletes an entity.
    DeleteDocument(EntityRef),
    /// Stores an act at the end of the outbox, or in its existing position.
    PutEntry(&'a Entry),
    /// Replaces the act with this key, in its position.
    ReplaceEntry(Uuid, &'a Entry),
    /// Deletes an act.
    DeleteEntry(Uuid),
    /// Stores an upload after all others, or in its existing position.
    PutUpload(&'a UploadJob),
    /// Deletes an upload.
    DeleteUpload(Uuid),
}

/// What a file contains.
pub(super) struct Stored {
    pub(super) contents: Contents,
    pub(super) entries: Vec<Entry>,
    pub(super) uploads: Vec<UploadJob>,
}

/// What a change must survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The end of the process. A power cut may lose the last events together with their cursor; the feed then delivers
    /// them again.
    Process,
    /// Also a power cut.
    Power,
}

impl Write<'_> {
    /// A write that stores a fact about the replica as a whole.
    pub(super) fn meta(name: &'static str, document: &(impl Serialize + Sync)) -> Result<Self, ReplicaError> {
        Ok(Self::PutMeta(name, serde_json::to_string(document)?))
    }
}

impl File {
    /// Opens the file, creating it if necessary, and reads its contents.
    pub(super) async fn open(path: &Path, environment: &Arc<dyn Environment>) -> Result<(Self, Stored), ReplicaError> {
        let opening = async {
            let options = SqliteConnectOptions::from_str("sqlite://")?
                .filename(path)
                .create_if_missing(true)
                // Deleted data must not be recoverable: the next user of this machine may be somebody else.
                .pragma("secure_delete", "ON")
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal);
            let mut connection = SqliteConnection::connect_with(&options).await?;
            let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await?;
            if version > SCHEMA_VERSION {
                return Err(ReplicaError::Newer);
            }
            if version < SCHEMA_VERSION {
                migrate(&mut connection, version).await?;
            }
            let stored = read(&mut connection).await?;
            let is_due = meta(&mut connection, OVERWRITE_DUE).await? == Some(true);
            let mut file =
                Self { options, connection, in_doubt: false, durability: None, environment: Arc::clone(environment) };
            if is_due {
                file.overwrite_or_warn().await?;
            }
            Ok((file, stored))
        };
        if environment.blocks_on_files() { futures_executor::block_on(opening) } else { opening.await }
    }

    /// Writes all of `writes`, or nothing.
    pub(super) async fn commit(&mut self, writes: &[Write<'_>], durability: Durability) -> Result<(), ReplicaError> {
        let alone = self.environment.blocks_on_files();
        let committing = self.commit_now(writes, durability);
        if alone { futures_executor::block_on(committing) } else { committing.await }?;
        self.environment.on_commit();
        Ok(())
    }

    async fn commit_now(&mut self, writes: &[Write<'_>], durability: Durability) -> Result<(), ReplicaError> {
        if self.in_doubt {
            // SQLite may have rolled back the transaction by itself (a full disk) without sqlx noticing.
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
            // Unknown until the statement has completed: the caller may be cancelled while waiting for it.
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

    /// Leaves nothing of what was deleted, neither in the file nor in its log, nor in files that were set aside:
    /// `secure_delete` leaves copies that moved within the file, and a log still has what was written before. What can't be
    /// done now, for lack of room, is done at the next start.
    pub(super) async fn overwrite_deleted(&mut self) -> Result<(), ReplicaError> {
        let alone = self.environment.blocks_on_files();
        let overwriting = self.overwrite_or_warn();
        if alone { futures_executor::block_on(overwriting) } else { overwriting.await }
    }

    async fn overwrite_or_warn(&mut self) -> Result<(), ReplicaError> {
        match self.overwrite_now().await {
            Err(error) if !error.is_damage() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "what was deleted is not overwritten yet");
                Ok(())
            }
            done => done,
        }
    }

    async fn overwrite_now(&mut self) -> Result<(), ReplicaError> {
        if let Some(directory) = self.options.get_filename().parent() {
            aside::remove_damaged(directory)?;
        }
        sqlx::query("VACUUM").execute(&mut self.connection).await?;
        let sql = "UPDATE meta SET document = 'false' WHERE name = $1";
        sqlx::query(sql).bind(OVERWRITE_DUE).execute(&mut self.connection).await?;
        // There is no other connection that it could wait for.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut self.connection).await?;
        Ok(())
    }

    /// Closes the file, so that it can be renamed.
    pub(super) async fn close(self) -> Result<(), ReplicaError> {
        let closing = self.connection.close();
        Ok(if self.environment.blocks_on_files() { futures_executor::block_on(closing) } else { closing.await }?)
    }

    #[cfg(test)]
    pub(super) async fn meta<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, ReplicaError> {
        meta(&mut self.connection, name).await
    }

    #[cfg(test)]
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

async fn apply(connection: &mut SqliteConnection, write: &Write<'_>) -> Result<(), ReplicaError> {
    let query = match write {
        Write::Clear => {
            // Data about this machine and this file, not about the server, is kept.
            let sql = "DELETE FROM meta WHERE name NOT IN ($1, $2)";
            sqlx::query(sql).bind(CLOCK_OFFSET).bind(OVERWRITE_DUE).execute(&mut *connection).await?;
            sqlx::query("DELETE FROM documents")
        }
        Write::PutMeta(name, document) => {
            let statement = "INSERT INTO meta (name, document) VALUES ($1, $2) \
                             ON CONFLICT (name) DO UPDATE SET document = excluded.document";
            sqlx::query(statement).bind(*name).bind(document)
        }
        Write::PutDocument(document) => {
            let statement = "INSERT INTO documents (kind, id, version, document) VALUES ($1, $2, $3, $4) \
                             ON CONFLICT (kind, id) \
                             DO UPDATE SET version = excluded.version, document = excluded.document";
            let entity = document.entity_ref();
            sqlx::query(statement)
                .bind(entity.kind.as_str())
                .bind(entity.id.to_string())
                .bind(i64::try_from(document.version()).unwrap_or(i64::MAX))
                .bind(serde_json::to_string(document)?)
        }
        Write::DeleteDocument(entity) => sqlx::query("DELETE FROM documents WHERE kind = $1 AND id = $2")
            .bind(entity.kind.as_str())
            .bind(entity.id.to_string()),
        Write::PutEntry(entry) => {
            let statement = "INSERT INTO outbox (key, document) VALUES ($1, $2) \
                             ON CONFLICT (key) DO UPDATE SET document = excluded.document";
            sqlx::query(statement).bind(entry.key.to_string()).bind(serde_json::to_string(entry)?)
        }
        Write::ReplaceEntry(key, entry) => sqlx::query("UPDATE outbox SET key = $1, document = $2 WHERE key = $3")
            .bind(entry.key.to_string())
            .bind(serde_json::to_string(entry)?)
            .bind(key.to_string()),
        Write::DeleteEntry(key) => sqlx::query("DELETE FROM outbox WHERE key = $1").bind(key.to_string()),
        Write::PutUpload(job) => {
            let statement = "INSERT INTO uploads (key, document) VALUES ($1, $2) \
                             ON CONFLICT (key) DO UPDATE SET document = excluded.document";
            sqlx::query(statement).bind(job.key.to_string()).bind(serde_json::to_string(job)?)
        }
        Write::DeleteUpload(key) => sqlx::query("DELETE FROM uploads WHERE key = $1").bind(key.to_string()),
    };
    query.execute(connection).await?;
    Ok(())
}

/// The contents of the file, the acts in its outbox, and its uploads.
///
/// A document that can't be parsed was written by another version; the file is not damaged. What the server also has is
/// then fetched again: without a cursor, the next step is a snapshot. An act or an upload stays in the file, for the
/// version that can parse it.
async fn read(connection: &mut SqliteConnection) -> Result<Stored, ReplicaError> {
    let mut documents = DocumentMap::default();
    let mut is_whole = true;
    for row in sqlx::query("SELECT kind, document FROM documents").fetch_all(&mut *connection).await? {
        let mut json = serde_json::Deserializer::from_str(row.try_get(1)?);
        match Document::read(Kind::from_word(row.try_get(0)?), &mut json) {
            Ok(Some(document)) => documents.put(document),
            Ok(None) | Err(_) => is_whole = false,
        }
    }
    let mut entries = Vec::new();
    for row in sqlx::query("SELECT document FROM outbox ORDER BY place").fetch_all(&mut *connection).await? {
        match serde_json::from_str(row.try_get(0)?) {
            Ok(entry) => entries.push(entry),
            Err(error) => tracing::error!(%error, "an act in the outbox can't be read and waits for another version"),
        }
    }
    let mut uploads = Vec::new();
    for row in sqlx::query("SELECT document FROM uploads ORDER BY place").fetch_all(&mut *connection).await? {
        match serde_json::from_str(row.try_get(0)?) {
            Ok(job) => uploads.push(job),
            Err(error) => tracing::error!(%error, "an upload can't be read and waits for another version"),
        }
    }
    let contents = Contents {
        cursor: meta(connection, "cursor").await?.filter(|_| is_whole),
        me: meta(connection, "me").await?,
        server: meta(connection, "server").await?,
        documents,
        clock_offset_ms: meta(connection, CLOCK_OFFSET).await?.unwrap_or_default(),
        seen_videos: meta(connection, SEEN_VIDEOS).await?.unwrap_or_default(),
    };
    Ok(Stored { contents, entries, uploads })
}

async fn meta<T: DeserializeOwned>(connection: &mut SqliteConnection, name: &str) -> Result<Option<T>, ReplicaError> {
    let row = sqlx::query("SELECT document FROM meta WHERE name = $1").bind(name).fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(serde_json::from_str(row.try_get(0)?).ok())
}
