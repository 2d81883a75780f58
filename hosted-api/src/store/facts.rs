//! The facts of sessions, and the bests of athletes that follow from them.
//!
//! Whoever changes what facts are has every session taken up anew, by a migration that sets `projected_version` to 0.

use std::collections::BTreeSet;

use sqlx::{Any, Executor};
use training::progress::{Bests, BestsByExercise, SessionFacts, exercises_of};
use training::{ExerciseId, RoundExercise, Session, SessionId, Timestamp, UserId};

use super::projections::{RoundChanges, completed};
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

    /// An athlete's bests with each of these exercises, over all their sessions.
    pub(crate) async fn bests(
        &mut self,
        athlete: UserId,
        exercises: &BTreeSet<ExerciseId>,
    ) -> Result<BestsByExercise, StoreError> {
        let mut bests = BestsByExercise::new();
        for exercise in exercises {
            bests.insert(*exercise, self.bests_with(athlete, *exercise).await?);
        }
        Ok(bests)
    }

    /// An athlete's bests with each of these exercises in the sessions before another one.
    pub(crate) async fn bests_before(
        &mut self,
        athlete: UserId,
        exercises: &BTreeSet<ExerciseId>,
        place: SessionPlace,
    ) -> Result<BestsByExercise, StoreError> {
        let ms = place.at.as_millisecond();
        let mut facts = find_facts(&mut *self.0, athlete, i64::MIN, ms.saturating_add(1)).await?;
        facts.retain(|facts| (facts.at, facts.session_id) < (place.at, place.id));
        Ok(exercises.iter().map(|exercise| (*exercise, Bests::of(&facts, *exercise))).collect())
    }

    /// The sessions after another one in which a round says that it beat something, or may say so soon, oldest first.
    pub(crate) async fn sessions_that_may_say_bests(
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

    /// Whether an athlete has sessions other than this one whose facts are not stored: then nothing can be called a best.
    pub(crate) async fn lacks_facts_beside(&mut self, athlete: UserId, session: SessionId) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM sessions WHERE projected_version < version AND athlete_id = $1 AND id <> $2";
        let found: i64 =
            sqlx::query_scalar(sql).bind(athlete.to_string()).bind(session.to_string()).fetch_one(&mut *self.0).await?;
        Ok(found > 0)
    }

    /// Brings the facts of a session and the bests of its athlete up to date. The records of the athlete are locked.
    pub(super) async fn store_facts(&mut self, changes: &RoundChanges, after: &Session) -> Result<(), StoreError> {
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
            let exercises: BTreeSet<ExerciseId> = exercises.into_iter().chain(exercises_of([&before], None)).collect();
            let all = find_facts(&mut *self.0, athlete, i64::MIN, i64::MAX).await?;
            for exercise in exercises {
                self.put_bests(athlete, exercise, &Bests::of(&all, exercise)).await?;
            }
        } else if let Some(facts) = facts {
            for exercise in exercises_of([&facts], None).intersection(&exercises) {
                let known = self.bests_with(athlete, *exercise).await?;
                let mut bests = known.clone();
                bests.add(&facts, *exercise);
                if bests != known {
                    self.put_bests(athlete, *exercise, &bests).await?;
                }
            }
        }
        Ok(())
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

    async fn bests_with(&mut self, athlete: UserId, exercise: ExerciseId) -> Result<Bests, StoreError> {
        let sql = "SELECT document FROM athlete_bests WHERE athlete_id = $1 AND exercise_id = $2";
        let found: Option<String> = sqlx::query_scalar(sql)
            .bind(athlete.to_string())
            .bind(exercise.to_string())
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(found.map(|document| codec::from_json("athlete's bests", &document)).transpose()?.unwrap_or_default())
    }

    pub(super) async fn put_bests(
        &mut self,
        athlete: UserId,
        exercise: ExerciseId,
        bests: &Bests,
    ) -> Result<(), StoreError> {
        let (athlete, exercise) = (athlete.to_string(), exercise.to_string());
        if bests.is_empty() {
            let sql = "DELETE FROM athlete_bests WHERE athlete_id = $1 AND exercise_id = $2";
            sqlx::query(sql).bind(athlete).bind(exercise).execute(&mut *self.0).await?;
            return Ok(());
        }
        let sql = "INSERT INTO athlete_bests (athlete_id, exercise_id, document) VALUES ($1, $2, $3) \
                   ON CONFLICT (athlete_id, exercise_id) DO UPDATE SET document = excluded.document";
        sqlx::query(sql).bind(athlete).bind(exercise).bind(codec::json(bests)?).execute(&mut *self.0).await?;
        Ok(())
    }
}

/// Whether one of the rounds of a session says that it beat something.
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
