//! Sessions and their rounds, and acts that were refused.

use training::{ExerciseReport, ItemId, Refusal, Round, RoundId, RoundPlan, Session, SessionId, Values};
use uuid::Uuid;

use crate::agent::Agent;
use crate::bridge::{Failure, SessionCalls};
use crate::context::acts::ANSWER_TIMEOUT;
use crate::failure::ApiError;
use crate::outbox::acts::{
    AddRound, CancelSession, CompleteRound, DeleteRound, EditRound, LogExercise, RecallRound, ReleaseRound, StartRound,
};

impl Agent {
    /// Returns a command's answer, and triggers a retry of the feed so that the event arrives soon.
    pub(super) fn done<T>(&self, answer: Result<T, ApiError>) -> Result<T, Failure> {
        if let Err(error) = &answer {
            tracing::info!(%error, "a command failed");
        }
        self.context.connection.request_retry();
        Ok(answer?)
    }
}

impl SessionCalls for Agent {
    async fn start_session(&self) -> Result<Session, Failure> {
        let started = self.done(self.context.api().start_session().await)?;
        self.context.store.wait_until_stored(&started, ANSWER_TIMEOUT).await;
        Ok(started)
    }

    async fn join_session(&self, session_id: SessionId) -> Result<Session, Failure> {
        let joined = self.done(self.context.api().join_session(session_id).await)?;
        self.context.store.wait_until_stored(&joined, ANSWER_TIMEOUT).await;
        Ok(joined)
    }

    async fn cancel_session(&self, session_id: SessionId, reason: Option<String>) -> Result<Session, Failure> {
        self.context.acts.on::<Session>(session_id, |_| Ok(CancelSession { reason }.into())).await?.entity()
    }

    async fn add_round(&self, session_id: SessionId, plan: RoundPlan, release: bool) -> Result<Round, Failure> {
        self.context.acts.on::<Session>(session_id, |_| Ok(AddRound { plan, release }.into())).await?.round()
    }

    async fn edit_round(
        &self,
        round_id: RoundId,
        version: u64,
        plan: RoundPlan,
        release: bool,
    ) -> Result<Round, Failure> {
        let edited = self.context.acts.on_round(round_id, |known| {
            Ok(EditRound { round: round_id, plan, release, base: on_version(known, version)? }.into())
        });
        edited.await?.round()
    }

    async fn delete_round(&self, round_id: RoundId, version: u64) -> Result<(), Failure> {
        let deleted = self
            .context
            .acts
            .on_round(round_id, |known| Ok(DeleteRound { round: round_id, base: on_version(known, version)? }.into()));
        deleted.await.map(drop)
    }

    async fn restore_round(&self, round: Round) -> Result<Round, Failure> {
        self.context.acts.undo_round_deletion(round).await
    }

    async fn release_round(&self, round_id: RoundId) -> Result<Round, Failure> {
        self.context.acts.on_round(round_id, |_| Ok(ReleaseRound { round: round_id }.into())).await?.round()
    }

    async fn recall_round(&self, round_id: RoundId) -> Result<Round, Failure> {
        self.context.acts.on_round(round_id, |_| Ok(RecallRound { round: round_id }.into())).await?.round()
    }

    async fn start_round(&self, round_id: RoundId) -> Result<Round, Failure> {
        self.context.acts.on_round(round_id, |_| Ok(StartRound { round: round_id }.into())).await?.round()
    }

    async fn log_exercise(&self, round_id: RoundId, item_id: ItemId, actual: Option<Values>) -> Result<Round, Failure> {
        let act = LogExercise { round: round_id, item: item_id, actual };
        self.context.acts.on_round(round_id, |_| Ok(act.into())).await?.round()
    }

    async fn complete_round(&self, round_id: RoundId, reports: Vec<ExerciseReport>) -> Result<Round, Failure> {
        let act = CompleteRound { round: round_id, reports, late: false };
        self.context.acts.on_round(round_id, |_| Ok(act.into())).await?.round()
    }

    async fn discard_act(&self, key: String) -> Result<(), Failure> {
        self.context.acts.discard(read_key(&key)?).await
    }

    async fn retry_act(&self, key: String) -> Result<(), Failure> {
        self.context.acts.retry(read_key(&key)?).await
    }
}

/// The round's plan, if it has the version the window referred to. What the athlete enters makes a new version too;
/// the window has then received that event, and refers to the newer version.
fn on_version(known: &Round, version: u64) -> Result<RoundPlan, Failure> {
    if known.version == version { Ok(known.into()) } else { Err(Refusal::VersionMismatch.into()) }
}

fn read_key(key: &str) -> Result<Uuid, Failure> {
    key.parse().map_err(|_| Refusal::NotFound.into())
}
