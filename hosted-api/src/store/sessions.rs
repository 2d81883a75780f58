//! Sessions: one document each, with an index from round ids to sessions.

use std::collections::BTreeSet;

use serde::Deserialize;
use sqlx::{Any, Executor, FromRow};
use training::{ExerciseId, RoundId, Session, SessionId, StudioId, Timestamp, UserId};

use super::projections::{Projected, RoundChanges};
use super::session_format::{FORMAT, format_of};
use super::values::Insert;
use super::{Store, StoreError, Tx, codec};

/// A session and the people it belongs to.
pub(crate) struct SessionRow {
    /// The whole session, drafts included.
    pub(crate) session: Session,
    pub(crate) athlete: UserId,
    /// The trainer assigned when it started, even before they joined.
    pub(crate) trainer: UserId,
    /// Whether what is derived from it is of this version of it.
    is_projected: bool,
}

/// A session to add.
pub(crate) struct NewSession<'a> {
    pub(crate) session: &'a Session,
    pub(crate) studio: StudioId,
    /// Whose session it is besides the athlete's; the athlete for one without a trainer.
    pub(crate) trainer: UserId,
}

#[derive(FromRow)]
struct Row {
    athlete_id: String,
    trainer_id: String,
    version: i64,
    projected_version: i64,
    format: i64,
    document: String,
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "athlete_id, trainer_id, version, projected_version, format, document"
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

/// Which of an athlete's sessions to read, newest first.
pub(crate) struct PageOf {
    pub(crate) athlete: UserId,
    /// Only those of this trainer.
    pub(crate) trainer: Option<UserId>,
    /// Only those in which this exercise was done.
    pub(crate) exercise: Option<ExerciseId>,
    /// Only those that began then or later.
    pub(crate) from: Option<Timestamp>,
    /// Only those that began before.
    pub(crate) to: Option<Timestamp>,
    pub(crate) page: Page,
}

impl SessionRow {
    /// Whether what is derived from it, as its bests, is of this version of it.
    pub(crate) fn is_projected(&self) -> bool {
        self.is_projected
    }

    /// The same as if nothing were known of what is derived from it: all of that is derived anew.
    #[must_use]
    pub(super) fn not_projected(self) -> Self {
        Self { is_projected: false, ..self }
    }
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
            is_projected: self.projected_version == self.version,
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

    /// An athlete's sessions, newest first.
    pub(crate) async fn sessions_of(&self, asked: &PageOf) -> Result<Vec<SessionRow>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM sessions WHERE athlete_id = $1 AND id < $2 AND started_at >= $3 AND started_at < $4 \
             AND ($5 = '' OR trainer_id = $5) \
             AND ($6 = '' OR ($6 = 'open' AND status IN ('waiting', 'active')) \
             OR ($6 = 'ended' AND status IN ('completed', 'cancelled'))) \
             AND ($7 = '' OR id IN (SELECT session_id FROM done_sets WHERE athlete_id = $1 AND exercise_id = $7)) \
             ORDER BY id DESC LIMIT $8"
        );
        let status = match asked.page.status {
            None => "",
            Some(StatusFilter::Open) => "open",
            Some(StatusFilter::Ended) => "ended",
        };
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(asked.athlete.to_string())
            .bind(asked.page.before.map_or_else(|| codec::MAX_ID.to_owned(), |id| id.to_string()))
            .bind(asked.from.map_or(i64::MIN, Timestamp::as_millisecond))
            .bind(asked.to.map_or(i64::MAX, Timestamp::as_millisecond))
            .bind(asked.trainer.map(|id| id.to_string()).unwrap_or_default())
            .bind(status)
            .bind(asked.exercise.map(|id| id.to_string()).unwrap_or_default())
            .bind(i64::from(asked.page.limit))
            .fetch_all(&self.reader)
            .await?;
        rows.into_iter().map(Row::read).collect()
    }
}

impl Tx {
    /// All sessions of an athlete, locked, oldest first.
    pub(super) async fn lock_all_sessions(&mut self, athlete: UserId) -> Result<Vec<Session>, StoreError> {
        let sql = concat!("UPDATE sessions SET version = version WHERE athlete_id = $1 RETURNING ", columns!());
        let rows: Vec<Row> = sqlx::query_as(sql).bind(athlete.to_string()).fetch_all(&mut *self.0).await?;
        let mut sessions =
            rows.into_iter().map(|row| row.read().map(|row| row.session)).collect::<Result<Vec<_>, _>>()?;
        sessions.sort_by_key(|session| session.id);
        Ok(sessions)
    }

    /// Projects some of an athlete's sessions that are not; returns the exercises that were done in them.
    pub(crate) async fn project_pending(&mut self, athlete: UserId) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let sql = concat!(
            "UPDATE sessions SET sets_version = version, projected_version = version WHERE id IN (SELECT id FROM sessions \
             WHERE athlete_id = $1 AND projected_version < version AND format <= $2 ORDER BY id LIMIT 50) RETURNING ",
            columns!()
        );
        let rows: Vec<Row> = sqlx::query_as(sql).bind(athlete.to_string()).bind(FORMAT).fetch_all(&mut *self.0).await?;
        let mut all = Projected::default();
        for row in rows {
            match row.read() {
                Ok(row) => all.add(self.project_without_bests(&RoundChanges::Unknown, &row.session).await?),
                // It must not hold up the others.
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "a session can't be projected"),
            }
        }
        self.refold_bests(athlete, &all.stale_bests).await?;
        Ok(all.exercises)
    }

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
        let sql = concat!(
            "UPDATE sessions SET version = version WHERE (athlete_id = $1 OR trainer_id = $1) \
             AND status IN ('waiting', 'active') RETURNING ",
            columns!()
        );
        let rows: Vec<Row> = sqlx::query_as(sql).bind(person.to_string()).fetch_all(&mut *self.0).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Some of a studio's sessions that somebody is or was in, or whose documents name them, locked: by id, those after
    /// `after`.
    pub(crate) async fn lock_sessions_naming(
        &mut self,
        studio: StudioId,
        person: UserId,
        after: Option<SessionId>,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let sql = concat!(
            "UPDATE sessions SET version = version WHERE id IN (SELECT id FROM sessions WHERE studio_id = $1 AND id > $2 \
             AND (athlete_id = $3 OR trainer_id = $3 OR document LIKE $4) ORDER BY id LIMIT 50) RETURNING ",
            columns!()
        );
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(studio.to_string())
            .bind(after.map(|id| id.to_string()).unwrap_or_default())
            .bind(person.to_string())
            .bind(format!("%{person}%"))
            .fetch_all(&mut *self.0)
            .await?;
        let mut rows = rows.into_iter().map(Row::read).collect::<Result<Vec<_>, _>>()?;
        rows.sort_unstable_by_key(|row| row.session.id);
        Ok(rows)
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

    /// When an athlete's session began that has not ended, if there is one.
    pub(crate) async fn open_session_since(&mut self, athlete: UserId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT started_at FROM sessions WHERE athlete_id = $1 AND status IN ('waiting', 'active')";
        let since: Option<i64> = sqlx::query_scalar(sql).bind(athlete.to_string()).fetch_optional(&mut *self.0).await?;
        since.map(codec::instant).transpose()
    }

    /// Adds a session; returns the exercises that were done in it.
    pub(crate) async fn add_session(&mut self, new: &NewSession<'_>) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let NewSession { session, studio, trainer } = new;
        let sql = "INSERT INTO sessions (id, studio_id, athlete_id, trainer_id, status, version, started_at, ended_at, \
                   document, format, sets_version, projected_version) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $6, $6)";
        sqlx::query(sql)
            .bind(session.id.to_string())
            .bind(studio.to_string())
            .bind(session.athlete.id.to_string())
            .bind(trainer.to_string())
            .bind(codec::word(&session.status)?)
            .bind(codec::number(session.version))
            .bind(session.started_at.as_millisecond())
            .bind(session.ended_at.map(Timestamp::as_millisecond))
            .bind(codec::json(session)?)
            .bind(format_of(session))
            .execute(&mut *self.0)
            .await?;
        self.add_rounds(session.id, session.rounds.iter().map(|round| round.id).collect()).await?;
        self.project(&RoundChanges::since(None, session), session).await
    }

    /// Stores a session that was locked in this transaction, as it is now; returns the exercises whose sets have changed.
    pub(crate) async fn save_session(
        &mut self,
        row: &SessionRow,
        after: &Session,
    ) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let projected = self.save_session_without_bests(row, after).await?;
        self.refold_bests(row.athlete, &projected.stale_bests).await?;
        Ok(projected.exercises)
    }

    /// The same, for whoever makes the bests of several sessions anew at once.
    pub(super) async fn save_session_without_bests(
        &mut self,
        row: &SessionRow,
        after: &Session,
    ) -> Result<Projected, StoreError> {
        let before = &row.session;
        let sql = "UPDATE sessions SET status = $2, version = $3, ended_at = $4, document = $5, format = $6, \
                   sets_version = $3, projected_version = $3 WHERE id = $1";
        sqlx::query(sql)
            .bind(after.id.to_string())
            .bind(codec::word(&after.status)?)
            .bind(codec::number(after.version))
            .bind(after.ended_at.map(Timestamp::as_millisecond))
            .bind(codec::json(after)?)
            .bind(format_of(after))
            .execute(&mut *self.0)
            .await?;
        let new = after.rounds.iter().filter(|round| before.round(round.id).is_none());
        self.add_rounds(after.id, new.map(|round| round.id).collect()).await?;
        for round in before.rounds.iter().filter(|round| after.round(round.id).is_none()) {
            sqlx::query("DELETE FROM rounds WHERE id = $1").bind(round.id.to_string()).execute(&mut *self.0).await?;
        }
        let changes = if row.is_projected { RoundChanges::since(Some(before), after) } else { RoundChanges::Unknown };
        self.project_without_bests(&changes, after).await
    }

    async fn add_rounds(&mut self, session: SessionId, rounds: Vec<RoundId>) -> Result<(), StoreError> {
        let insert = Insert { into: "rounds (id, session_id)", end: "" };
        self.insert_rows(insert, &rounds, |query, round| Ok(query.bind(round.to_string()).bind(session.to_string())))
            .await
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
