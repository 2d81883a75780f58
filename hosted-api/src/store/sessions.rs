//! Sessions: one document each, with an index from round ids to sessions.

use serde::Deserialize;
use sqlx::{Any, Executor, FromRow};
use training::{RoundId, Session, SessionId, StudioId, UserId};

use super::session_format::FORMAT;
use super::{Store, StoreError, Tx, codec};

/// A session and the people it belongs to.
pub(crate) struct SessionRow {
    /// The whole session, drafts included.
    pub(crate) session: Session,
    pub(crate) athlete: UserId,
    /// The trainer assigned when it started, even before they joined.
    pub(crate) trainer: UserId,
}

#[derive(FromRow)]
struct Row {
    athlete_id: String,
    trainer_id: String,
    format: i64,
    document: String,
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "athlete_id, trainer_id, format, document"
    };
}

/// The query for a page of a person's sessions, restricted by a condition.
macro_rules! select_page {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM sessions WHERE (athlete_id = $1 OR trainer_id = $1) AND id < $2 ",
            $condition,
            " ORDER BY id DESC LIMIT $3"
        )
    };
}

/// Which sessions are asked for.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StatusFilter {
    /// Waiting or active.
    Open,
    /// Completed or cancelled.
    Ended,
}

/// Which of a person's sessions to read, newest first.
pub(crate) struct Page {
    pub(crate) status: Option<StatusFilter>,
    /// Only those started before this one.
    pub(crate) before: Option<SessionId>,
    pub(crate) limit: u32,
}

impl Row {
    fn read(self) -> Result<SessionRow, StoreError> {
        if self.format > FORMAT {
            return Err(StoreError::Newer { what: "session" });
        }
        Ok(SessionRow {
            session: codec::from_json("session", &self.document)?,
            athlete: codec::id("user id", self.athlete_id)?,
            trainer: codec::id("user id", self.trainer_id)?,
        })
    }
}

impl Store {
    /// The session with this id.
    pub(crate) async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
        let sql = concat!("SELECT ", columns!(), " FROM sessions WHERE id = $1");
        let row: Option<Row> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(&self.reader).await?;
        row.map(Row::read).transpose()
    }

    /// A person's sessions, in either part, newest first.
    pub(crate) async fn sessions(&self, person: UserId, page: &Page) -> Result<Vec<SessionRow>, StoreError> {
        find_sessions(&self.reader, person, page).await
    }
}

impl Tx {
    /// The session with this id, locked.
    pub(crate) async fn lock_session(&mut self, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
        // An update that changes nothing takes a row lock in both databases.
        let sql = concat!("UPDATE sessions SET version = version WHERE id = $1 RETURNING ", columns!());
        let row: Option<Row> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(Row::read).transpose()
    }

    /// The session this round belongs to, locked.
    pub(crate) async fn lock_session_of(&mut self, round: RoundId) -> Result<Option<SessionRow>, StoreError> {
        let sql = concat!(
            "UPDATE sessions SET version = version WHERE id = (SELECT session_id FROM rounds WHERE id = $1) RETURNING ",
            columns!()
        );
        let row: Option<Row> = sqlx::query_as(sql).bind(round.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(Row::read).transpose()
    }

    /// A person's sessions that have not ended, in either part, locked.
    pub(crate) async fn lock_open_sessions(&mut self, person: UserId) -> Result<Vec<SessionRow>, StoreError> {
        let sql = "UPDATE sessions SET version = version WHERE (athlete_id = $1 OR trainer_id = $1) \
                   AND status IN ('waiting', 'active') RETURNING athlete_id, trainer_id, format, document";
        let rows: Vec<Row> = sqlx::query_as(sql).bind(person.to_string()).fetch_all(&mut *self.0).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Gives a session that was locked in this transaction to another trainer.
    pub(crate) async fn hand_over_session(&mut self, id: SessionId, trainer: UserId) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET trainer_id = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(trainer.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Whether there is a round with this id anywhere.
    pub(crate) async fn round_exists(&mut self, id: RoundId) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM rounds WHERE id = $1";
        let found: i64 = sqlx::query_scalar(sql).bind(id.to_string()).fetch_one(&mut *self.0).await?;
        Ok(found > 0)
    }

    /// Whether an athlete has a session that has not ended.
    pub(crate) async fn has_open_session(&mut self, athlete: UserId) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM sessions WHERE athlete_id = $1 AND status IN ('waiting', 'active')";
        let open: i64 = sqlx::query_scalar(sql).bind(athlete.to_string()).fetch_one(&mut *self.0).await?;
        Ok(open > 0)
    }

    /// Adds a session that has just started.
    pub(crate) async fn add_session(
        &mut self,
        session: &Session,
        studio: StudioId,
        trainer: UserId,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO sessions (id, studio_id, athlete_id, trainer_id, status, version, started_at, ended_at, \
                   document, format) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $9)";
        sqlx::query(sql)
            .bind(session.id.to_string())
            .bind(studio.to_string())
            .bind(session.athlete.id.to_string())
            .bind(trainer.to_string())
            .bind(codec::word(&session.status)?)
            .bind(codec::number(session.version))
            .bind(session.started_at.as_millisecond())
            .bind(codec::json(session)?)
            .bind(FORMAT)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Stores a session that was locked in this transaction, as it is now.
    pub(crate) async fn save_session(&mut self, before: &Session, after: &Session) -> Result<(), StoreError> {
        let sql =
            "UPDATE sessions SET status = $2, version = $3, ended_at = $4, document = $5, format = $6 WHERE id = $1";
        sqlx::query(sql)
            .bind(after.id.to_string())
            .bind(codec::word(&after.status)?)
            .bind(codec::number(after.version))
            .bind(after.ended_at.map(training::Timestamp::as_millisecond))
            .bind(codec::json(after)?)
            .bind(FORMAT)
            .execute(&mut *self.0)
            .await?;
        for round in after.rounds.iter().filter(|round| before.round(round.id).is_none()) {
            sqlx::query("INSERT INTO rounds (id, session_id) VALUES ($1, $2)")
                .bind(round.id.to_string())
                .bind(after.id.to_string())
                .execute(&mut *self.0)
                .await?;
        }
        for round in before.rounds.iter().filter(|round| after.round(round.id).is_none()) {
            sqlx::query("DELETE FROM rounds WHERE id = $1").bind(round.id.to_string()).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// A person's sessions, in either part, newest first.
    pub(crate) async fn sessions(&mut self, person: UserId, page: &Page) -> Result<Vec<SessionRow>, StoreError> {
        find_sessions(&mut *self.0, person, page).await
    }
}

async fn find_sessions(
    executor: impl Executor<'_, Database = Any>,
    person: UserId,
    page: &Page,
) -> Result<Vec<SessionRow>, StoreError> {
    // Session ids begin with their creation time, so they sort by start.
    let sql = match page.status {
        None => select_page!(""),
        Some(StatusFilter::Open) => select_page!("AND status IN ('waiting', 'active')"),
        Some(StatusFilter::Ended) => select_page!("AND status IN ('completed', 'cancelled')"),
    };
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(person.to_string())
        .bind(page.before.map_or_else(|| codec::MAX_ID.to_owned(), |id| id.to_string()))
        .bind(i64::from(page.limit))
        .fetch_all(executor)
        .await?;
    rows.into_iter().map(Row::read).collect()
}
