//! The replica: what this profile knows, in a SQLite file of its own and, the same, in memory.
//!
//! An event and the cursor after it are stored in one transaction, so a crash at any point neither loses nor repeats.
//! Memory is changed only after the transaction has been committed.

mod aside;

use std::path::Path;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, Sqlite, Transaction};
use training::wire::{Account, Cursor, Snapshot};
use training::{Envelope, Exercise, Folded, Person, Round, RoundId, Session, SessionId, Sessions, fold};
use uuid::Uuid;

use crate::bridge::{Failure, LocalCode};
use crate::outbox::Entry;

/// The file's name.
const FILE: &str = "replica.sqlite";
/// The layout of the file. A file of a later one is refused, not guessed at.
const LAYOUT: i64 = 2;
/// How many ended sessions are kept; the snapshot brings as many.
const ENDED_KEPT: usize = 20;

/// What can go wrong with the replica.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplicaError {
    /// The file can't be read or written.
    #[error("the replica can't be read or written")]
    Store(#[from] sqlx::Error),
    /// Something in it is not what was written.
    #[error("the replica holds something unreadable")]
    Unreadable(#[from] serde_json::Error),
    /// It was written by a newer version of the application.
    #[error("the replica was written by a newer version")]
    Newer,
    /// A damaged file can't be put out of the way.
    #[error("the damaged replica can't be set aside")]
    Aside(#[from] std::io::Error),
}

impl ReplicaError {
    /// Whether the file itself is at fault, and not the disk, the system or our version.
    fn is_damage(&self) -> bool {
        match self {
            Self::Unreadable(_) => true,
            // `SQLITE_CORRUPT` and `SQLITE_NOTADB`, the low byte of <https://www.sqlite.org/rescode.html>.
            Self::Store(sqlx::Error::Database(error)) => {
                let code = error.code().and_then(|code| code.parse::<u32>().ok());
                code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
            }
            Self::Store(_) | Self::Newer | Self::Aside(_) => false,
        }
    }
}

impl From<ReplicaError> for Failure {
    fn from(error: ReplicaError) -> Self {
        let code = match error {
            ReplicaError::Newer => LocalCode::NewerReplica,
            ReplicaError::Store(_) | ReplicaError::Unreadable(_) | ReplicaError::Aside(_) => LocalCode::Replica,
        };
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        Self::local(code).because(cause.unwrap_or_else(|| error.to_string()))
    }
}

/// What a profile knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    /// Where the feed goes on; none before the first snapshot.
    pub(crate) cursor: Option<Cursor>,
    pub(crate) me: Option<Account>,
    pub(crate) sessions: Sessions,
    pub(crate) exercises: Vec<Exercise>,
    pub(crate) athletes: Vec<Person>,
    /// What was done and is not settled, in the order it was done; of whoever did it.
    pub(crate) outbox: Vec<Entry>,
}

/// What became of an event from the feed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Followed {
    /// It is stored; the session after it, if it changed one.
    Stored(Option<Box<Session>>),
    /// It was stored before.
    Known,
    /// It does not follow what is stored: only a snapshot helps.
    Broken,
}

/// The replica of one profile.
#[derive(Debug)]
pub(crate) struct Replica {
    pool: SqlitePool,
    contents: Contents,
    /// Acts that were done and whose events the feed has not brought yet.
    settling: Vec<Settling>,
}

/// An act between its answer and its event.
#[derive(Debug)]
struct Settling {
    entry: Entry,
    settled: Settled,
    /// Whether it was shown before it was answered, and so is shown until its event is here.
    shown: bool,
}

/// How it is known that an act's event is here.
#[derive(Clone, Debug)]
pub(crate) enum Settled {
    /// The session has this version.
    Session(u64),
    /// The round has at least the version of this one.
    Round(Box<Round>),
    /// The round is gone.
    Gone(Option<RoundId>),
}

impl Settling {
    fn is_reached(&self, session: Option<&Session>) -> bool {
        let Some(session) = session.filter(|session| session.status.is_open()) else { return true };
        match &self.settled {
            Settled::Session(version) => session.version >= *version,
            Settled::Round(answered) => {
                session.round(answered.id).is_some_and(|round| round.version >= answered.version)
            }
            Settled::Gone(round) => round.is_none_or(|id| session.round(id).is_none()),
        }
    }
}

impl Replica {
    /// Opens the replica in `directory`, making it if there is none.
    ///
    /// A damaged file is set aside and begun anew: all but the outbox is a copy of what the server has, and what can be read
    /// of the outbox is taken along. Answers whether that happened.
    pub(crate) async fn open(directory: &Path) -> Result<(Self, bool), ReplicaError> {
        aside::finish(directory)?;
        let damage = match Self::open_file(&directory.join(FILE)).await {
            Err(error) if error.is_damage() => error,
            opened => return opened.map(|replica| (replica, false)),
        };
        tracing::error!(error = &damage as &dyn std::error::Error, "the replica is damaged");
        let saved = aside::salvage(directory).await;
        let mut replica = Self::open_file(&aside::unfinished(directory)?).await?;
        let acts = saved.len();
        for entry in saved {
            replica.put_entry(entry, true).await?;
        }
        replica.pool.close().await;
        aside::take_over(directory)?;
        tracing::warn!(acts, "the damaged replica is set aside and begun anew");
        Ok((Self::open_file(&directory.join(FILE)).await?, true))
    }

    async fn open_file(file: &Path) -> Result<Self, ReplicaError> {
        let options = SqliteConnectOptions::from_str("sqlite://")?
            .filename(file)
            .create_if_missing(true)
            // What is erased is gone: the next person on this machine is somebody else.
            .pragma("secure_delete", "ON")
            .journal_mode(SqliteJournalMode::Wal)
            // A power cut may lose the last events together with their cursor; the feed brings them again.
            .synchronous(SqliteSynchronous::Normal);
        // One connection: there is one writer, and memory answers the reads.
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        let layout: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&pool).await?;
        if layout > LAYOUT {
            return Err(ReplicaError::Newer);
        }
        if layout < LAYOUT {
            lay_out(&pool, layout).await?;
        }
        let contents = read(&pool).await?;
        Ok(Self { pool, contents, settling: Vec::new() })
    }

    /// What is known.
    pub(crate) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Replaces everything by a snapshot.
    pub(crate) async fn replace(&mut self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        let mut transaction = self.pool.begin().await?;
        erase(&mut transaction).await?;
        put(&mut transaction, "cursor", &snapshot.cursor).await?;
        put(&mut transaction, "me", &snapshot.me).await?;
        put(&mut transaction, "exercises", &snapshot.exercises).await?;
        put(&mut transaction, "athletes", &snapshot.athletes).await?;
        for session in &snapshot.sessions {
            put_session(&mut transaction, session).await?;
        }
        transaction.commit().await?;
        self.contents = Contents {
            cursor: Some(snapshot.cursor),
            me: Some(snapshot.me),
            sessions: snapshot.sessions.into_iter().map(|session| (session.id, session)).collect(),
            exercises: snapshot.exercises,
            athletes: snapshot.athletes,
            outbox: std::mem::take(&mut self.contents.outbox),
        };
        // A snapshot taken after an answer holds what was answered.
        self.settling.clear();
        Ok(())
    }

    /// Forgets everything but the outbox and, unless the person signed out, remembers who is signed in now.
    pub(crate) async fn start_over(&mut self, me: Option<Account>) -> Result<(), ReplicaError> {
        let mut transaction = self.pool.begin().await?;
        erase(&mut transaction).await?;
        if let Some(me) = &me {
            put(&mut transaction, "me", me).await?;
        }
        transaction.commit().await?;
        self.contents = Contents { me, outbox: std::mem::take(&mut self.contents.outbox), ..Contents::default() };
        Ok(())
    }

    /// Stores the person's changed account.
    pub(crate) async fn set_me(&mut self, me: Account) -> Result<(), ReplicaError> {
        let mut transaction = self.pool.begin().await?;
        put(&mut transaction, "me", &me).await?;
        transaction.commit().await?;
        self.contents.me = Some(me);
        Ok(())
    }

    /// Follows the feed by one event of `epoch`.
    pub(crate) async fn follow(&mut self, epoch: &str, envelope: &Envelope) -> Result<Followed, ReplicaError> {
        let (Some(cursor), Some(me)) = (&self.contents.cursor, &self.contents.me) else { return Ok(Followed::Broken) };
        if cursor.epoch != epoch || envelope.seq > cursor.seq + 1 {
            return Ok(Followed::Broken);
        }
        if envelope.seq <= cursor.seq {
            return Ok(Followed::Known);
        }
        // Folded on a copy: memory must not run ahead of the file.
        let id = envelope.recorded.session_id;
        let mut folding: Sessions =
            self.contents.sessions.get(&id).map(|known| (id, known.clone())).into_iter().collect();
        let folded = fold(&mut folding, &envelope.recorded, me.id);
        if folded == Folded::Orphan {
            return Ok(Followed::Broken);
        }
        let changed = folding.remove(&id).filter(|_| folded == Folded::Changed);
        let after = Cursor { epoch: cursor.epoch.clone(), seq: envelope.seq };
        let dropped = changed.as_ref().map_or_else(Vec::new, |changed| self.one_too_many(changed));
        let mut transaction = self.pool.begin().await?;
        if let Some(session) = &changed {
            put_session(&mut transaction, session).await?;
        }
        for id in &dropped {
            sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id.to_string()).execute(&mut *transaction).await?;
        }
        put(&mut transaction, "cursor", &after).await?;
        transaction.commit().await?;
        self.contents.cursor = Some(after);
        for id in dropped {
            self.contents.sessions.remove(&id);
        }
        if let Some(session) = &changed {
            self.contents.sessions.insert(id, session.clone());
        }
        self.forget_settled();
        Ok(Followed::Stored(changed.map(Box::new)))
    }

    /// Writes an act into the outbox, behind all others or in the place it has.
    ///
    /// `durably`: it has to survive also a power cut, because nobody waits for it any more.
    pub(crate) async fn put_entry(&mut self, entry: Entry, durably: bool) -> Result<(), ReplicaError> {
        let statement = "INSERT INTO outbox (key, document) VALUES ($1, $2) \
                         ON CONFLICT (key) DO UPDATE SET document = excluded.document";
        let document = serde_json::to_string(&entry)?;
        // The one connection of the pool, so that its setting is this statement's.
        let mut connection = self.pool.acquire().await?;
        if durably {
            sqlx::query("PRAGMA synchronous = FULL").execute(&mut *connection).await?;
        }
        let put = sqlx::query(statement).bind(entry.key.to_string()).bind(document).execute(&mut *connection).await;
        if durably {
            sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut *connection).await?;
        }
        put?;
        drop(connection);
        match self.contents.outbox.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => self.contents.outbox.push(entry),
        }
        Ok(())
    }

    /// Notes that an act was done, until the feed has brought its event.
    pub(crate) fn settle(&mut self, entry: Entry, settled: Settled, shown: bool) {
        self.settling.push(Settling { entry, settled, shown });
        self.forget_settled();
    }

    /// The acts that are shown because they were done, although the feed has not brought them yet.
    pub(crate) fn settling(&self) -> impl Iterator<Item = &Entry> {
        self.settling.iter().filter(|settling| settling.shown).map(|settling| &settling.entry)
    }

    /// Whether there are acts whose events the feed has not brought.
    pub(crate) fn is_settling(&self) -> bool {
        !self.settling.is_empty()
    }

    /// A round as the server answered last, where that is ahead of the feed.
    pub(crate) fn acknowledged(&self, id: RoundId) -> Option<&Round> {
        self.settling.iter().rev().find_map(|settling| match &settling.settled {
            Settled::Round(round) if round.id == id => Some(&**round),
            _ => None,
        })
    }

    fn forget_settled(&mut self) {
        let sessions = &self.contents.sessions;
        self.settling.retain(|settling| !settling.is_reached(sessions.get(&settling.entry.session)));
    }

    /// Takes an act out of the outbox.
    pub(crate) async fn drop_entry(&mut self, key: Uuid) -> Result<(), ReplicaError> {
        sqlx::query("DELETE FROM outbox WHERE key = $1").bind(key.to_string()).execute(&self.pool).await?;
        self.contents.outbox.retain(|entry| entry.key != key);
        Ok(())
    }

    /// The oldest ended sessions beyond those that are kept, once `changed` is stored.
    fn one_too_many(&self, changed: &Session) -> Vec<SessionId> {
        if changed.status.is_open() {
            return Vec::new();
        }
        // Ids are made in the order of time, so the map holds the oldest first.
        let ended = self.contents.sessions.values().filter(|session| !session.status.is_open());
        let mut ended: Vec<SessionId> = ended.map(|session| session.id).filter(|id| *id != changed.id).collect();
        ended.truncate((ended.len() + 1).saturating_sub(ENDED_KEPT));
        ended
    }
}

/// Brings a file from `layout` to the present one, in one transaction.
async fn lay_out(pool: &SqlitePool, layout: i64) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let steps: [&[&str]; 2] = [
        &[
            "CREATE TABLE facts (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT",
            "CREATE TABLE sessions (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT",
        ],
        &["CREATE TABLE outbox (place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT"],
    ];
    for (step, version) in steps.into_iter().zip(1_i64..) {
        if version > layout {
            for statement in step {
                sqlx::query(*statement).execute(&mut *transaction).await?;
            }
        }
    }
    sqlx::query("PRAGMA user_version = 2").execute(&mut *transaction).await?;
    transaction.commit().await
}

async fn read(pool: &SqlitePool) -> Result<Contents, ReplicaError> {
    let mut sessions = Sessions::new();
    for row in sqlx::query("SELECT document FROM sessions").fetch_all(pool).await? {
        let session: Session = serde_json::from_str(row.try_get(0)?)?;
        sessions.insert(session.id, session);
    }
    let mut outbox = Vec::new();
    for row in sqlx::query("SELECT document FROM outbox ORDER BY place").fetch_all(pool).await? {
        outbox.push(serde_json::from_str(row.try_get(0)?)?);
    }
    Ok(Contents {
        outbox,
        cursor: get(pool, "cursor").await?,
        me: get(pool, "me").await?,
        exercises: get(pool, "exercises").await?.unwrap_or_default(),
        athletes: get(pool, "athletes").await?.unwrap_or_default(),
        sessions,
    })
}

async fn get<T: DeserializeOwned>(pool: &SqlitePool, name: &str) -> Result<Option<T>, ReplicaError> {
    let row = sqlx::query("SELECT document FROM facts WHERE name = $1").bind(name).fetch_optional(pool).await?;
    Ok(row.map(|row| serde_json::from_str(row.get(0))).transpose()?)
}

async fn put(
    transaction: &mut Transaction<'_, Sqlite>,
    name: &str,
    document: &(impl Serialize + Sync),
) -> Result<(), ReplicaError> {
    let statement = "INSERT INTO facts (name, document) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET document = excluded.document";
    let document = serde_json::to_string(document)?;
    sqlx::query(statement).bind(name).bind(document).execute(&mut **transaction).await?;
    Ok(())
}

async fn put_session(transaction: &mut Transaction<'_, Sqlite>, session: &Session) -> Result<(), ReplicaError> {
    let statement = "INSERT INTO sessions (id, document) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET document = excluded.document";
    let document = serde_json::to_string(session)?;
    sqlx::query(statement).bind(session.id.to_string()).bind(document).execute(&mut **transaction).await?;
    Ok(())
}

async fn erase(transaction: &mut Transaction<'_, Sqlite>) -> Result<(), ReplicaError> {
    for statement in ["DELETE FROM facts", "DELETE FROM sessions"] {
        sqlx::query(statement).execute(&mut **transaction).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
