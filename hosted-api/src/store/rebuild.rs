//! Making anew what is derived from sessions, and comparing it with what is stored.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Any, Executor};
use training::progress::{Bests, BestsByExercise, DoneSet, PlacedSet, SessionFacts, exercises_of, sets_of};
use training::{ExerciseId, Session, SessionId, Timestamp, UserId};

use super::facts::has_bests;
use super::{Store, StoreError, Tx, codec};

/// What was stored otherwise than it follows from an athlete's sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// The sets of a session.
    Sets(SessionId),
    /// The facts of a session.
    Facts(SessionId),
    /// The bests with an exercise.
    Bests(ExerciseId),
    /// The records, which their trainer is shown.
    Records,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sets(session) => write!(f, "the sets of session {session}"),
            Self::Facts(session) => write!(f, "the facts of session {session}"),
            Self::Bests(exercise) => write!(f, "the bests with exercise {exercise}"),
            Self::Records => f.write_str("the records"),
        }
    }
}

/// A stored set, so that two can be compared.
type SetRow = (String, String, String, i64, i64, i64, String);
/// The stored facts of a session, if they can be read, with what they are found by.
type FactsRow = (Option<SessionFacts>, i64, bool);

impl Store {
    /// The next athlete after `after` who has sessions. Of somebody who was erased nothing is derived.
    pub(crate) async fn athlete_with_sessions(&self, after: Option<UserId>) -> Result<Option<UserId>, StoreError> {
        let sql = "SELECT s.athlete_id FROM sessions s JOIN users u ON u.id = s.athlete_id \
                   WHERE s.athlete_id > $1 AND u.erased_at IS NULL ORDER BY s.athlete_id LIMIT 1";
        let found: Option<String> = sqlx::query_scalar(sql)
            .bind(after.map(|id| id.to_string()).unwrap_or_default())
            .fetch_optional(&self.reader)
            .await?;
        found.map(|id| codec::id("user id", id)).transpose()
    }
}

impl Tx {
    /// Makes everything anew that is derived from an athlete's sessions. Returns the number of sessions, and what was stored
    /// otherwise and is right now.
    pub(crate) async fn rebuild(
        &mut self,
        athlete: UserId,
        now: Timestamp,
    ) -> Result<(usize, BTreeSet<Difference>), StoreError> {
        let sessions = self.lock_all_sessions(athlete).await?;
        self.lock_athlete_records(athlete).await?;
        let mut found = BTreeSet::new();
        let mut exercises = self.rebuild_sets(athlete, &sessions, &mut found).await?;
        exercises.extend(self.exercises_on_record(athlete).await?);
        self.rebuild_facts(athlete, &sessions, &mut found).await?;
        if self.update_records(athlete, &exercises, now).await?.is_some() {
            found.insert(Difference::Records);
        }
        Ok((sessions.len(), found))
    }

    /// Returns the exercises that were done, or were thought to be.
    async fn rebuild_sets(
        &mut self,
        athlete: UserId,
        sessions: &[Session],
        found: &mut BTreeSet<Difference>,
    ) -> Result<BTreeSet<ExerciseId>, StoreError> {
        let mut stored: BTreeMap<SessionId, Vec<SetRow>> = BTreeMap::new();
        let sql = "SELECT session_id, exercise_id, kind, at, round_number, position, document FROM done_sets \
                   WHERE athlete_id = $1 ORDER BY round_number, position";
        let rows: Vec<SetRow> = sqlx::query_as(sql).bind(athlete.to_string()).fetch_all(&mut *self.0).await?;
        let mut exercises = BTreeSet::new();
        for (session, exercise, kind, at, round_number, position, document) in rows {
            exercises.insert(codec::id("exercise id", exercise.clone())?);
            // What this version makes of it counts, as when it is read.
            let set = codec::from_json::<DoneSet>("set", &document).map(DoneSet::estimated);
            let document = set.and_then(|set| codec::json(&set)).unwrap_or(document);
            let id = codec::id("session id", session.clone())?;
            stored.entry(id).or_default().push((session, exercise, kind, at, round_number, position, document));
        }
        for session in sessions {
            let sets = sets_of(session);
            exercises.extend(sets.iter().map(|placed| placed.exercise_id));
            let rows = sets.iter().map(row_of).collect::<Result<Vec<SetRow>, _>>()?;
            if stored.remove(&session.id).unwrap_or_default() != rows {
                found.insert(Difference::Sets(session.id));
                self.replace_sets(athlete, session.id, &sets).await?;
            }
        }
        for id in stored.into_keys() {
            found.insert(Difference::Sets(id));
            self.replace_sets(athlete, id, &[]).await?;
        }
        Ok(exercises)
    }

    async fn replace_sets(&mut self, athlete: UserId, of: SessionId, sets: &[PlacedSet]) -> Result<(), StoreError> {
        let sql = "DELETE FROM done_sets WHERE session_id = $1";
        sqlx::query(sql).bind(of.to_string()).execute(&mut *self.0).await?;
        self.add_sets(athlete, sets).await
    }

    async fn rebuild_facts(
        &mut self,
        athlete: UserId,
        sessions: &[Session],
        found: &mut BTreeSet<Difference>,
    ) -> Result<(), StoreError> {
        let mut stored = stored_facts(&mut *self.0, athlete).await?;
        let mut all = Vec::new();
        for session in sessions {
            let facts = SessionFacts::of(session);
            let known = stored.remove(&session.id);
            let row = |facts: &SessionFacts| (Some(facts.clone()), facts.at.as_millisecond(), has_bests(session));
            if known != facts.as_ref().map(row) {
                found.insert(Difference::Facts(session.id));
                match &facts {
                    Some(facts) => self.put_facts(athlete, facts, has_bests(session)).await?,
                    None => self.delete_facts(session.id).await?,
                }
            }
            all.extend(facts);
        }
        for id in stored.into_keys() {
            found.insert(Difference::Facts(id));
            self.delete_facts(id).await?;
        }
        self.rebuild_bests(athlete, &all, found).await
    }

    async fn rebuild_bests(
        &mut self,
        athlete: UserId,
        all: &[SessionFacts],
        found: &mut BTreeSet<Difference>,
    ) -> Result<(), StoreError> {
        let stored = stored_bests(&mut *self.0, athlete).await?;
        let exercises: BTreeSet<ExerciseId> =
            exercises_of(all, None).into_iter().chain(stored.keys().copied()).collect();
        let mut differing = BestsByExercise::new();
        for exercise in exercises {
            let expected = Bests::of(all, exercise);
            let known: Option<Bests> = stored.get(&exercise).and_then(|known| codec::from_json("bests", known).ok());
            if known.as_ref() != Some(&expected) {
                found.insert(Difference::Bests(exercise));
                differing.insert(exercise, expected);
            }
        }
        self.put_bests(athlete, &differing).await
    }
}

fn row_of(placed: &PlacedSet) -> Result<SetRow, StoreError> {
    Ok((
        placed.set.session_id.to_string(),
        placed.exercise_id.to_string(),
        codec::word(&placed.set.kind)?,
        placed.set.at.as_millisecond(),
        i64::from(placed.round_number),
        i64::from(placed.position),
        codec::json(&placed.set)?,
    ))
}

async fn stored_facts(
    executor: impl Executor<'_, Database = Any>,
    athlete: UserId,
) -> Result<BTreeMap<SessionId, FactsRow>, StoreError> {
    let sql = "SELECT session_id, document, at, has_bests FROM session_facts WHERE athlete_id = $1";
    let rows: Vec<(String, String, i64, i64)> =
        sqlx::query_as(sql).bind(athlete.to_string()).fetch_all(executor).await?;
    // What can't be read differs.
    let facts = |document: String| codec::from_json("session's facts", &document).ok();
    let read =
        |(id, document, at, has_bests)| Ok((codec::id("session id", id)?, (facts(document), at, has_bests == 1)));
    rows.into_iter().map(read).collect()
}

async fn stored_bests(
    executor: impl Executor<'_, Database = Any>,
    athlete: UserId,
) -> Result<BTreeMap<ExerciseId, String>, StoreError> {
    let sql = "SELECT exercise_id, document FROM athlete_bests WHERE athlete_id = $1";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).bind(athlete.to_string()).fetch_all(executor).await?;
    rows.into_iter().map(|(id, document)| Ok((codec::id("exercise id", id)?, document))).collect()
}
