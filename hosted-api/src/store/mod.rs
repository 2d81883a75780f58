//! The store: the only place that contains SQL and knows which database is in use.
//!
//! Every statement is written once and runs on SQLite and on Postgres. What must be read or changed together goes
//! through a [`Tx`]; a single read goes to the [`Store`] itself. Rows are locked in this order: studio, person, import,
//! sessions in the order in which they began, records of an athlete, feeds. Deliberately absent: rules. The store only saves and
//! finds.

mod accounts;
mod athletes;
mod audit;
mod backup;
mod codec;
mod connect;
mod data_directory;
mod devices;
mod done_sets;
mod erase;
mod exercises;
mod export;
mod facts;
mod feed;
mod idempotency;
mod imports;
mod invitations;
mod journal;
mod known_devices;
mod notes;
mod overwrite;
mod projections;
mod rebuild;
mod releases;
mod retention;
pub(crate) mod session_format;
mod sessions;
mod shared_limits;
mod sign_ins;
pub(crate) mod templates;
#[cfg(test)]
mod test_database;
mod unnamed;
mod uploads;
mod users;
mod values;
mod videos;
mod weights;
mod write_check;

use std::path::PathBuf;

use sqlx::{Any, AnyPool, Transaction};

pub(crate) use self::imports::{CommitRow, ImportHead, ImportedSession, PlanText, Replacement, StoredSession};
pub(crate) use accounts::{NewStudioRow, NewUser, SignInRow};
pub(crate) use athletes::Relation;
pub(crate) use audit::AuditPage;
pub use connect::{BadDatabaseUrl, DatabaseUrl};
pub(crate) use devices::{DeviceRow, TokenPair};
pub(crate) use done_sets::SetFilter;
pub(crate) use erase::{Traces, UploadFiles};
pub(crate) use facts::SessionPlace;
pub(crate) use feed::{Backlog, FeedEntry, FeedEvent};
pub(crate) use idempotency::Claim;
pub(crate) use invitations::{InvitationRow, NewInvitation, Validity, invited_at};
pub(crate) use journal::JournalRow;
pub use rebuild::Difference;
pub(crate) use releases::{ArtefactRow, ReleaseRow};
pub(crate) use retention::Cutoffs;
pub(crate) use sessions::{NewSession, Page, PageOf, SessionRow, StatusFilter};
pub(crate) use templates::TemplatePage;
#[cfg(test)]
pub(crate) use test_database::TestDatabase;
pub(crate) use uploads::UploadRow;
pub(crate) use users::{UserCursor, UserFilter, UserRow};
pub(crate) use videos::{Poster, VideoRow, seconds};
pub(crate) use weights::WeightRow;
use write_check::WriteCheck;

use crate::path_problem::PathProblem;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no database at this path.
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    /// The database can't be opened at all.
    #[error("the database {url} can't be opened")]
    Open {
        /// Which.
        url: Box<DatabaseUrl>,
        /// Why not.
        source: sqlx::Error,
    },
    /// The file of a database can't be used, for a reason that can be seen.
    #[error("the database {url} can't be used: {problem}")]
    File {
        /// Which.
        url: Box<DatabaseUrl>,
        /// Why not.
        problem: PathProblem,
    },
    /// The database refused or could not be reached.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The database's tables could not be brought up to date.
    #[error("the database could not be migrated")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// What is stored was written by a newer server, and is left alone.
    #[error("a stored {what} is newer than this server understands")]
    Newer {
        /// What kind of thing.
        what: &'static str,
    },
    /// What is stored can't be read back: damaged, or written by another version.
    #[error("a stored {what} can't be read")]
    Unreadable {
        /// What kind of thing.
        what: &'static str,
        /// Why not.
        source: serde_json::Error,
    },
}

impl StoreError {
    /// Whether the change was refused because something of that name exists.
    pub(crate) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether the failure is transient, so that a later retry makes sense.
    pub(crate) fn is_transient(&self) -> bool {
        let error = match self {
            Self::Database(error) => error,
            // A newer server, which is about to replace this one, understands it.
            Self::Newer { .. } => return true,
            _ => return false,
        };
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(error) => error.code().is_some_and(|code| is_transient_code(&code)),
            _ => false,
        }
    }
}

/// Whether a database's own error code means a transient failure.
///
/// Postgres: the classes 08 (connection), 40 (deadlock), 53 (resources), 57 (operator) and 58 (system) of its
/// [error codes](https://www.postgresql.org/docs/current/errcodes-appendix.html), and 25006, a write to a database that
/// is read-only at the moment, such as a standby. SQLite: `BUSY`, `LOCKED`, `READONLY`, `IOERR`, `FULL` and `CANTOPEN`,
/// the low byte of its [result codes](https://www.sqlite.org/rescode.html).
fn is_transient_code(code: &str) -> bool {
    let is_sqlstate = code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if is_sqlstate {
        code == "25006" || ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class))
    } else {
        code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
    }
}

/// A database with its connections.
pub(crate) struct Store {
    /// For transactions that write. SQLite has one writer at a time, so there this is a single connection: waiting in
    /// this process's queue is fair and cheap; waiting for SQLite's lock is neither.
    writer: AnyPool,
    reader: AnyPool,
    begin_write: &'static str,
    begin_read: &'static str,
    /// Whether several servers may use it.
    is_shared: bool,
    write_check: WriteCheck,
}

/// Begins a transaction in its own task: a request dropped at this very moment (its client disconnected) would
/// otherwise return its connection with the transaction open, because sqlx rolls back only one that it knows has begun.
/// The next command on it would run inside somebody else's read-only transaction.
async fn begin(pool: &AnyPool, statement: &'static str) -> Result<Tx, StoreError> {
    let pool = pool.clone();
    match tokio::spawn(async move { pool.begin_with(statement).await }).await {
        Ok(begun) => Ok(Tx(begun?)),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a runtime shutdown cancels the task, and then nobody is waiting for the result.
            Err(_) => Err(StoreError::Database(sqlx::Error::PoolClosed)),
        },
    }
}

/// A transaction. It is rolled back unless committed.
pub(crate) struct Tx(Transaction<'static, Any>);

impl Store {
    /// Begins a transaction that writes.
    pub(crate) async fn write(&self) -> Result<Tx, StoreError> {
        begin(&self.writer, self.begin_write).await
    }

    /// Begins a transaction that reads from one snapshot.
    pub(crate) async fn read(&self) -> Result<Tx, StoreError> {
        begin(&self.reader, self.begin_read).await
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.reader).await?;
        Ok(())
    }

    /// Closes all connections; afterwards nothing accesses the database's files.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

impl Tx {
    /// Commits.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_whose_transaction_ended_unnoticed_is_discarded() {
        let database = TestDatabase::sqlite();
        let store = Store::connect(&database.url()).await.expect("it opens");
        for _ in 0..3 {
            let mut tx = store.write().await.expect("it begins");
            // SQLite does this by itself when the disk is full.
            sqlx::query("ROLLBACK").execute(&mut *tx.0).await.expect("it ends");
            assert!(tx.commit().await.is_err(), "there is nothing to commit");
        }
        store.write().await.expect("it begins").commit().await.expect("and lasts");
        store.close().await;
        database.remove().await;
    }

    #[test]
    fn unavailable_busy_and_full_are_transient_and_wrong_statements_are_not() {
        for (code, expected) in [
            ("08006", true),  // connection failure
            ("53300", true),  // too many connections
            ("53100", true),  // disk full
            ("57P03", true),  // cannot connect now
            ("23505", false), // unique violation
            ("42601", false), // syntax error
            ("5", true),      // SQLITE_BUSY
            ("517", true),    // SQLITE_BUSY_SNAPSHOT
            ("13", true),     // SQLITE_FULL
            ("25006", true),  // read-only transaction
            ("25P02", false), // in a failed transaction
            ("58030", true),  // I/O error
            ("8", true),      // SQLITE_READONLY
            ("1032", true),   // SQLITE_READONLY_DBMOVED
            ("778", true),    // SQLITE_IOERR_WRITE
            ("14", true),     // SQLITE_CANTOPEN
            ("11", false),    // SQLITE_CORRUPT
            ("1", false),     // SQLITE_ERROR
            ("2067", false),  // SQLITE_CONSTRAINT_UNIQUE
        ] {
            assert_eq!(is_transient_code(code), expected, "{code}");
        }
        assert!(StoreError::from(sqlx::Error::PoolTimedOut).is_transient());
        assert!(!StoreError::from(sqlx::Error::RowNotFound).is_transient());
    }
}
