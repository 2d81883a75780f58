//! The agent's answers to a window's calls.
//!
//! What a command changed is not taken from its answer but from the feed, the one way in; an answer only wakes a feed
//! that is waiting to be tried again.

use std::time::Duration;

use training::wire::{
    Account, CancelSession, ChangeMe, ChangePassword, CompleteRound, Locale, LogExercise, SaveRound, SignIn,
};
use training::{ExerciseReport, ItemId, Round, RoundId, RoundPlan, Session, SessionId, Values};

use super::Agent;
use crate::api::{Api, ServerUrl};
use crate::bridge::{Calls, Failure, LocalCode, SignedOut};
use crate::failure::ApiError;

/// How long somebody who signs out waits for a server that does not answer.
const TOLD_WITHIN: Duration = Duration::from_secs(3);

impl Agent {
    /// Passes a command's answer on, and sees to it that its event comes soon.
    fn done<T>(&self, answer: Result<T, ApiError>) -> Result<T, Failure> {
        if let Err(error) = &answer {
            tracing::info!(%error, "a command failed");
        }
        self.shared.ask_to_try();
        Ok(answer?)
    }
}

impl Calls for Agent {
    async fn view(&self) -> Result<(), Failure> {
        self.shared.show().await;
        Ok(())
    }

    async fn sign_in(&self, email: String, password: String) -> Result<Account, Failure> {
        let device_name = format!("{} ({})", self.shared.profile(), std::env::consts::OS);
        let signed_in = self.shared.api().sign_in(&SignIn { email, password, device_name }).await?;
        self.shared.signed_in(&signed_in).await?;
        Ok(signed_in.user)
    }

    async fn sign_out(&self, everywhere: bool) -> Result<(), Failure> {
        let api = self.shared.api();
        if everywhere {
            // A promise only the server can keep.
            api.sign_out(true).await?;
        } else {
            // Signing out here works without the server; its tokens then run out by themselves.
            match tokio::time::timeout(TOLD_WITHIN, api.sign_out(false)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the server was not told of the sign-out"),
                Err(_late) => tracing::warn!("the server was not told of the sign-out in time"),
            }
        }
        api.tokens.forget().await;
        self.shared.signed_out(SignedOut::ByPerson).await;
        Ok(())
    }

    async fn choose_server(&self, url: String) -> Result<String, Failure> {
        let server: ServerUrl = url.parse().map_err(|error| Failure::local(LocalCode::BadAddress).because(error))?;
        if self.shared.sign_ins().borrow().is_some() {
            return Err(Failure::local(LocalCode::Internal).because("a signed-in profile stays with its server"));
        }
        let api = Api::new(server.clone(), self.shared.api().tokens.vault_for(self.shared.profile(), &server))?;
        api.check_server().await?;
        self.shared.home().choose_server(self.shared.profile(), &server)?;
        self.shared.move_to(api).await?;
        Ok(server.to_string())
    }

    async fn change_me(&self, name: Option<String>, locale: Option<Locale>) -> Result<Account, Failure> {
        let me = self.shared.api().change_me(&ChangeMe { name, locale }).await?;
        self.shared.set_me(me.clone()).await?;
        Ok(me)
    }

    async fn change_password(&self, current_password: String, new_password: String) -> Result<(), Failure> {
        Ok(self.shared.api().change_password(&ChangePassword { current_password, new_password }).await?)
    }

    async fn start_session(&self) -> Result<Session, Failure> {
        self.done(self.shared.api().start_session().await)
    }

    async fn join_session(&self, session_id: SessionId) -> Result<Session, Failure> {
        self.done(self.shared.api().join_session(session_id).await)
    }

    async fn cancel_session(&self, session_id: SessionId, reason: Option<String>) -> Result<Session, Failure> {
        self.done(self.shared.api().cancel_session(session_id, &CancelSession { reason }).await)
    }

    async fn add_round(&self, session_id: SessionId, plan: RoundPlan, release: bool) -> Result<Round, Failure> {
        self.done(self.shared.api().add_round(session_id, &SaveRound::new(plan, release)).await)
    }

    async fn edit_round(
        &self,
        round_id: RoundId,
        version: u64,
        plan: RoundPlan,
        release: bool,
    ) -> Result<Round, Failure> {
        self.done(self.shared.api().edit_round(round_id, version, &SaveRound::new(plan, release)).await)
    }

    async fn delete_round(&self, round_id: RoundId, version: u64) -> Result<(), Failure> {
        self.done(self.shared.api().delete_round(round_id, version).await)
    }

    async fn release_round(&self, round_id: RoundId) -> Result<Round, Failure> {
        self.done(self.shared.api().release_round(round_id).await)
    }

    async fn recall_round(&self, round_id: RoundId) -> Result<Round, Failure> {
        self.done(self.shared.api().recall_round(round_id).await)
    }

    async fn start_round(&self, round_id: RoundId) -> Result<Round, Failure> {
        self.done(self.shared.api().start_round(round_id).await)
    }

    async fn log_exercise(&self, round_id: RoundId, item_id: ItemId, actual: Option<Values>) -> Result<Round, Failure> {
        self.done(self.shared.api().log_exercise(round_id, item_id, &LogExercise { actual }).await)
    }

    async fn complete_round(&self, round_id: RoundId, reports: Vec<ExerciseReport>) -> Result<Round, Failure> {
        self.done(self.shared.api().complete_round(round_id, &CompleteRound { exercises: reports }).await)
    }

    async fn try_now(&self) -> Result<(), Failure> {
        self.shared.ask_to_try();
        Ok(())
    }
}
