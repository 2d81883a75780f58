//! The facts of sessions, and the bests of athletes that follow from them.
//!
//! Whoever changes what facts are has every session taken up anew, by a migration that sets `projected_version` to 0.

use std::collections::BTreeSet;

use sqlx::query::{Query, QueryAs};
use sqlx::{Any, AssertSqlSafe, Executor};
use training::progress::{Bests, BestsByExercise, SessionFacts, exercises_of};
use training::{ExerciseId, RoundExercise, Session, SessionId, Timestamp, UserId};

use super::projections::{RoundChanges, completed};
use super::values::{Insert, PER_STATEMENT, parameters};
use super::{StoreError, Tx, codec};

/// Whether a session is before or after another one of the same athlete: by its beginning, then by its id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionPlace {
    pub(crate) at: Timestamp,
    pub(crate) id: SessionId,
}

impl SessionPlace {
    pub(crate) fn of(session: &Session) -> Self {
        Self { at: session.started_at, id: session.id }
    }
}

impl Tx {
    /// The facts of an athlete's sessions that began at `from` or later and before `to`.
    pub(crate) async fn facts(
        &mut self,
        athlete: UserId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Vec<SessionFacts>, StoreError> {
        let from = from.map_or(i64::MIN, Timestamp::as_millisecond);
        find_facts(&mut *self.0, athlete, from, to.map_or(i64::MAX, Timestamp::as_millisecond)).await
    }

    /// The facts of an athlete's sessions that began then or before.
    pub(crate) async fn facts_until(
        &mut self,
        athlete: UserId,
        at: Timestamp,
    ) -> Result<Vec<SessionFacts>, StoreError> {
        find_facts(&mut *self.0, athlete, i64::MIN, at.as_millisecond().saturating_add(1)).await
    }

    /// An athlete's bests with each of these exercises, over all their sessions.
    pub(crate) async fn bests(
        &mut self,
        athlete: UserId,
        exercises: &BTreeSet<ExerciseId>,
    ) -> Result<BestsByExercise, StoreError> {
        let mut bests: BestsByExercise = exercises.iter().map(|exercise| (*exercise, Bests::default())).collect();
        let ids: Vec<String> = exercises.iter().map(ExerciseId::to_string).collect();
        for ids in ids.chunks(PER_STATEMENT) {
            let sql = format!(
                "SELECT exercise_id, document FROM athlete_bests WHERE athlete_id = $1 AND exercise_id IN ({})",
                parameters(2, ids.len())
            );
            let query = sqlx::query_as::<Any, (String, String)>(AssertSqlSafe(sql)).bind(athlete.to_string());
            for (id, document) in ids.iter().fold(query, QueryAs::bind).fetch_all(&mut *self.0).await? {
                bests.insert(codec::id("exercise id", id)?, codec::from_json("athlete's bests", &document)?);
            }
        }
        Ok(bests)
    }

    /// The sessions after another one in which a round has bests, or may have some soon, oldest first.
    pub(crate) async fn sessions_with_bests(
        &mut self,
        athlete: UserId,
        place: SessionPlace,
    ) -> Result<Vec<SessionId>, StoreError> {
        let sql = "SELECT s.id FROM sessions s LEFT JOIN session_facts f ON f.session_id = s.id \
                   WHERE s.athlete_id = $1 AND (f.has_bests = 1 OR s.status IN ('waiting', 'active')) \
                   AND (s.started_at > $2 OR (s.started_at = $2 AND s.id > $3)) ORDER BY s.started_at, s.id";
        let ids: Vec<String> = sqlx::query_scalar(sql)
            .bind(athlete.to_string())
            .bind(place.at.as_millisecond())
            .bind(place.id.to_string())
            .fetch_all(&mut *self.0)
            .await?;
        ids.into_iter().map(|id| codec::id("session id", id)).collect()
    }

    /// Sessions of an athlete whose facts are not stored: in others, nothing can be called a best. Two of them, if there are
    /// more: so it is known whether there is one beside a certain session.
    pub(crate) async fn sessions_without_facts(&mut self, athlete: UserId) -> Result<BTreeSet<SessionId>, StoreError> {
        let sql = "SELECT id FROM sessions WHERE projected_version < version AND athlete_id = $1 LIMIT 2";
        let ids: Vec<String> = sqlx::query_scalar(sql).bind(athlete.to_string()).fetch_all(&mut *self.0).await?;
        ids.into_iter().map(|id| codec::id("session id", id)).collect()
    }

    /// Brings the facts of a session up to date, and the bests of its athlete where something was only added. Returns the
    /// exercises whose bests have to be made anew by [`Self::refold_bests`]. The records of the athlete are locked.
    pub(super) async fn store_facts(
        &mut self,
        changes: &RoundChanges,
        after: &Session,
    ) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let athlete = after.athlete.id;
        let before = match changes {
            RoundChanges::Completed(_) => None,
            RoundChanges::Changed(_) | RoundChanges::Unknown => self.facts_of(after.id).await?,
        };
        let facts = SessionFacts::of(after);
        match &facts {
            Some(facts) => self.put_facts(athlete, facts, has_bests(after)).await?,
            None => self.delete_facts(after.id).await?,
        }
        let concerned = |exercise: &RoundExercise| exercise.exercise_id;
        let rounds = completed(after).filter(|round| changes.concern(round.id));
        let exercises: BTreeSet<ExerciseId> = rounds.flat_map(|round| round.exercises.iter().map(concerned)).collect();
        if let Some(before) = before {
            // What it was may be less now: everything has to be looked at.
            return Ok(exercises.into_iter().chain(exercises_of([&before], None)).collect());
        }
        if let Some(facts) = facts {
            self.add_to_bests(athlete, &facts, &exercises).await?;
        }
        Ok(BTreeSet::new())
    }

    async fn add_to_bests(
        &mut self,
        athlete: UserId,
        facts: &SessionFacts,
        exercises: &BTreeSet<ExerciseId>,
    ) -> Result<(), StoreError> {
        let exercises: BTreeSet<ExerciseId> =
            exercises_of([facts], None).into_iter().filter(|exercise| exercises.contains(exercise)).collect();
        let mut changed = BestsByExercise::new();
        for (exercise, known) in self.bests(athlete, &exercises).await? {
            let mut bests = known.clone();
            bests.add(facts, exercise);
            if bests != known {
                changed.insert(exercise, bests);
            }
        }
        self.put_bests(athlete, &changed).await
    }

    /// Makes the bests of an athlete with these exercises anew.
    pub(super) async fn refold_bests(
        &mut self,
        athlete: UserId,
        exercises: &BTreeSet<ExerciseId>,
    ) -> Result<(), StoreError> {
        if exercises.is_empty() {
            return Ok(());
        }
        let all = self.facts(athlete, None, None).await?;
        let bests = exercises.iter().map(|exercise| (*exercise, Bests::of(&all, *exercise))).collect();
        self.put_bests(athlete, &bests).await
    }

    async fn facts_of(&mut self, session: SessionId) -> Result<Option<SessionFacts>, StoreError> {
        let sql = "SELECT document FROM session_facts WHERE session_id = $1";
        let found: Option<String> =
            sqlx::query_scalar(sql).bind(session.to_string()).fetch_optional(&mut *self.0).await?;
        found.map(|document| codec::from_json("session's facts", &document)).transpose()
    }

    pub(super) async fn put_facts(
        &mut self,
        athlete: UserId,
        facts: &SessionFacts,
        has_bests: bool,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO session_facts (session_id, athlete_id, at, has_bests, document) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (session_id) DO UPDATE SET athlete_id = excluded.athlete_id, \
                   at = excluded.at, has_bests = excluded.has_bests, document = excluded.document";
        sqlx::query(sql)
            .bind(facts.session_id.to_string())
            .bind(athlete.to_string())
            .bind(facts.at.as_millisecond())
            .bind(i64::from(has_bests))
            .bind(codec::json(facts)?)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    pub(super) async fn delete_facts(&mut self, session: SessionId) -> Result<(), StoreError> {
        let sql = "DELETE FROM session_facts WHERE session_id = $1";
        sqlx::query(sql).bind(session.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    pub(super) async fn put_bests(&mut self, athlete: UserId, bests: &BestsByExercise) -> Result<(), StoreError> {
        let (none, some): (Vec<_>, Vec<_>) = bests.iter().partition(|(_, bests)| bests.is_empty());
        for none in none.chunks(PER_STATEMENT) {
            let sql = format!(
                "DELETE FROM athlete_bests WHERE athlete_id = $1 AND exercise_id IN ({})",
                parameters(2, none.len())
            );
            let query = sqlx::query::<Any>(AssertSqlSafe(sql)).bind(athlete.to_string());
            none.iter().map(|(id, _)| id.to_string()).fold(query, Query::bind).execute(&mut *self.0).await?;
        }
        let insert = Insert {
            into: "athlete_bests (athlete_id, exercise_id, document)",
            end: "ON CONFLICT (athlete_id, exercise_id) DO UPDATE SET document = excluded.document",
        };
        self.insert_rows(insert, &some, |query, (exercise, bests)| {
            Ok(query.bind(athlete.to_string()).bind(exercise.to_string()).bind(codec::json(bests)?))
        })
        .await
    }
}

/// Whether one of the rounds of a session has bests.
pub(super) fn has_bests(session: &Session) -> bool {
    session.rounds.iter().flat_map(|round| &round.exercises).any(|exercise| !exercise.bests.is_empty())
}

async fn find_facts(
    executor: impl Executor<'_, Database = Any>,
    athlete: UserId,
    from: i64,
    to: i64,
) -> Result<Vec<SessionFacts>, StoreError> {
    let sql = "SELECT document FROM session_facts WHERE athlete_id = $1 AND at >= $2 AND at < $3";
    let rows: Vec<String> =
        sqlx::query_scalar(sql).bind(athlete.to_string()).bind(from).bind(to).fetch_all(executor).await?;
    rows.iter().map(|document| codec::from_json("session's facts", document)).collect()
}
