//! The past of athletes: what is asked for, and what is changed in it at once.

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use training::wire::CorrectExercise;
use training::{DoneSet, ExerciseId, ItemId, Round, RoundId, Session, SessionId, SessionRecord, Stats, UserId};
use uuid::Uuid;

use super::{Api, IDEMPOTENCY_KEY, json, json_of_many};
use crate::bridge::{SessionPage, SessionQuery, StatsQuery};
use crate::failure::ApiError;
use crate::outbox::acts::correction_path;

impl Api {
    /// A page of an athlete's sessions, newest first.
    pub(crate) async fn sessions_of(&self, athlete: UserId, query: &SessionQuery) -> Result<SessionPage, ApiError> {
        let parameters = [
            ("status", query.status.map(|status| status.as_str().to_owned())),
            ("before", query.before.clone()),
            ("limit", query.limit.map(|limit| limit.to_string())),
            ("from", query.from.map(|from| from.to_string())),
            ("to", query.to.map(|to| to.to_string())),
            ("exercise_id", query.exercise_id.map(|id| id.to_string())),
        ];
        self.queried(&format!("/v1/athletes/{athlete}/sessions"), &parameters).await
    }

    /// What an athlete's sessions say.
    pub(crate) async fn stats(&self, athlete: UserId, query: &StatsQuery) -> Result<Stats, ApiError> {
        let parameters = [
            ("from", query.from.map(|from| from.to_string())),
            ("to", query.to.map(|to| to.to_string())),
            ("exercise_id", query.exercise_id.map(|id| id.to_string())),
            ("timezone", query.timezone.clone()),
        ];
        self.queried(&format!("/v1/athletes/{athlete}/stats"), &parameters).await
    }

    /// What is there, asked for with those parameters that are given.
    async fn queried<T: DeserializeOwned>(
        &self,
        path: &str,
        parameters: &[(&str, Option<String>)],
    ) -> Result<T, ApiError> {
        let request = || {
            let given = parameters.iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
            given.fold(self.request(Method::GET, path), |request, (name, value)| request.query(name, value))
        };
        json_of_many(self.send(&request).await?).await
    }

    /// A session, whole.
    pub(crate) async fn session(&self, id: SessionId) -> Result<Session, ApiError> {
        json_of_many(self.send(&|| self.request(Method::GET, &format!("/v1/sessions/{id}"))).await?).await
    }

    /// What an athlete did with an exercise, newest first.
    pub(crate) async fn sets(
        &self,
        athlete: UserId,
        exercise: ExerciseId,
        limit: u32,
    ) -> Result<Vec<DoneSet>, ApiError> {
        #[derive(Deserialize)]
        struct Sets {
            sets: Vec<DoneSet>,
        }
        let (path, limit) = (format!("/v1/athletes/{athlete}/exercises/{exercise}/sets"), limit.to_string());
        let request = || self.request(Method::GET, &path).query("limit", &limit);
        json_of_many::<Sets>(self.send(&request).await?).await.map(|list| list.sets)
    }

    /// Corrects what was noted of an exercise.
    pub(crate) async fn correct_exercise(
        &self,
        round: RoundId,
        item: ItemId,
        version: u64,
        body: &CorrectExercise,
    ) -> Result<Round, ApiError> {
        json(self.change(Method::PATCH, &correction_path(round, item), version, Some(body)).await?).await
    }

    /// Records a session, once for each key.
    pub(crate) async fn record_session(
        &self,
        athlete: UserId,
        key: Uuid,
        body: &SessionRecord,
    ) -> Result<Session, ApiError> {
        let (key, path) = (key.to_string(), format!("/v1/athletes/{athlete}/sessions"));
        let request = || self.request(Method::POST, &path).header(IDEMPOTENCY_KEY, &key).json(body);
        json_of_many(self.send(&request).await?).await
    }
}
