//! What was done and when.

use training::{
    DoneSet, EntityRef, ExerciseId, ItemId, Refusal, Round, RoundId, Session, SessionId, SessionRecord, Stats, UserId,
    Values, wire,
};

use crate::agent::Agent;
use crate::bridge::{Failure, HistoryCalls, SessionPage, SessionQuery, StatsQuery};
use crate::failure::ApiError;
use crate::outbox::acts::CorrectExercise;

impl HistoryCalls for Agent {
    async fn list_sessions(&self, athlete_id: UserId, query: SessionQuery) -> Result<SessionPage, Failure> {
        Ok(self.context.api().sessions_of(athlete_id, &query).await?)
    }

    async fn read_session(&self, session_id: SessionId) -> Result<Session, Failure> {
        match self.context.api().session(session_id).await {
            Err(error @ ApiError::Unreachable(_)) => {
                let known = self.context.store.lock().await.shown(EntityRef::of::<Session>(session_id));
                known.and_then(|document| document.try_into().ok()).ok_or_else(|| error.into())
            }
            answer => Ok(answer?),
        }
    }

    async fn list_sets(
        &self,
        athlete_id: UserId,
        exercise_id: ExerciseId,
        limit: u32,
    ) -> Result<Vec<DoneSet>, Failure> {
        Ok(self.context.api().sets(athlete_id, exercise_id, limit).await?)
    }

    async fn athlete_stats(&self, athlete_id: UserId, query: StatsQuery) -> Result<Stats, Failure> {
        Ok(self.context.api().stats(athlete_id, &query).await?)
    }

    async fn correct_exercise(
        &self,
        session_id: SessionId,
        round_id: RoundId,
        item_id: ItemId,
        version: u64,
        actual: Values,
        reason: Option<String>,
    ) -> Result<Round, Failure> {
        if !self.context.store.keeps(EntityRef::of::<Session>(session_id)).await {
            let body = wire::CorrectExercise { actual, reason };
            return self.done(self.context.api().correct_exercise(round_id, item_id, version, &body).await);
        }
        let corrected = self.context.acts.on::<Session>(session_id, |session| {
            let round = session.round(round_id).ok_or(Refusal::NotFound)?;
            let noted = round.exercises.iter().find(|exercise| exercise.id == item_id).ok_or(Refusal::NotFound)?;
            if round.version != version {
                return Err(Refusal::VersionMismatch.into());
            }
            Ok(CorrectExercise { round: round_id, item: item_id, actual, reason, base: noted.actual }.into())
        });
        corrected.await?.round()
    }

    async fn record_session(&self, athlete_id: UserId, session: SessionRecord) -> Result<Session, Failure> {
        let key = self.context.recordings.key_for(athlete_id, &session, self.context.environment.new_key());
        let recorded = self.context.api().record_session(athlete_id, key, &session).await;
        if recorded.as_ref().map_or_else(ApiError::is_final, |_| true) {
            self.context.recordings.note_answered(key);
        }
        self.done(recorded)
    }
}
