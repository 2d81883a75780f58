//! The agent's answers to a window's calls.
//!
//! What a command changed is not taken from its answer but from the feed, the one way in; an answer only wakes a feed
//! that is waiting to be tried again.

use std::time::Duration;

use training::library::ExerciseDraft;
use training::wire::{Account, ChangeMe, ChangePassword, Locale, SignIn};
use training::{
    Exercise, ExerciseId, ExerciseReport, ItemId, Kind, Refusal, Round, RoundId, RoundPlan, Session, SessionId, Values,
};
use uuid::Uuid;

use super::Agent;
use super::acts::{Acted, Subject};
use crate::api::{Api, ServerUrl};
use crate::bridge::{Calls, Failure, Invitation, LocalCode, Machine, SignedOut, Update};
use crate::failure::ApiError;
use crate::host::{Host, MenuWords, Notice, TrayWords, Versions};
use crate::kiosk::become_kiosk;
use crate::outbox::{
    AddRound, ArchiveExercise, CancelSession, CompleteRound, CreateExercise, DeleteRound, EditExercise, EditRound,
    LogExercise, RecallRound, ReleaseRound, RestoreExercise, StartRound,
};
use crate::updates::{UpdateContext, UpdateRequests};

/// How long somebody who signs out waits for a server that does not answer.
const TOLD_WITHIN: Duration = Duration::from_secs(3);

impl Agent {
    fn host(&self) -> Result<&dyn Host, Failure> {
        self.host.as_deref().ok_or_else(|| Failure::local(LocalCode::Internal).because("there is no window"))
    }

    /// Has the server end every sign-in of this person: a promise only it can keep.
    pub(crate) async fn end_everywhere(&self) -> Result<(), Failure> {
        Ok(self.shared.api().sign_out(true).await?)
    }

    /// Forgets a sign-in that the server has ended.
    pub(crate) async fn forget_sign_in(&self) {
        let api = self.shared.api();
        api.tokens.note_spent();
        self.shared.signed_out(SignedOut::ByPerson).await;
        api.tokens.forget().await;
    }

    fn update_requests(&self) -> Result<&UpdateRequests, Failure> {
        match self.shared.update() {
            Update::Unavailable => {
                Err(Failure::local(LocalCode::Internal).because("this build does not update itself"))
            }
            _ => Ok(self.shared.requests()),
        }
    }

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
        let api = self.shared.api();
        let signed_in = api.sign_in(&SignIn { email, password, device_name }).await?;
        self.shared.signed_in(&api, &signed_in).await?;
        Ok(signed_in.user)
    }

    async fn sign_out(&self, everywhere: bool) -> Result<(), Failure> {
        if everywhere {
            self.end_everywhere().await?;
            self.forget_sign_in().await;
        } else {
            let api = self.shared.api();
            // Whoever sees that they are signed out may close the window at once.
            api.tokens.note_spent();
            // First here, so that nothing follows the feed when the server ends it; this works without the server, whose
            // tokens then run out by themselves.
            self.shared.signed_out(SignedOut::ByPerson).await;
            // Before the server is told, which may take its time: whoever closes the window meanwhile is signed out, and
            // whoever signs in meanwhile is not.
            let leaving = api.as_holder_of(api.tokens.detach().await);
            match tokio::time::timeout(TOLD_WITHIN, leaving.sign_out(false)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the server was not told of the sign-out"),
                Err(_late) => tracing::warn!("the server was not told of the sign-out in time"),
            }
        }
        Ok(())
    }

    async fn choose_server(&self, url: String) -> Result<String, Failure> {
        let server: ServerUrl = url.parse().map_err(|error| Failure::local(LocalCode::BadAddress).because(error))?;
        if self.shared.sign_ins().borrow().is_some() {
            return Err(Failure::local(LocalCode::Internal).because("a signed-in profile stays with its server"));
        }
        let api = Api::new(
            server.clone(),
            self.shared.api().tokens.vault_for(self.shared.home(), self.shared.profile(), &server),
            self.shared.environment(),
        )?;
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
        let started = self.done(self.shared.api().start_session().await)?;
        self.shared.await_event(&started).await;
        Ok(started)
    }

    async fn join_session(&self, session_id: SessionId) -> Result<Session, Failure> {
        let joined = self.done(self.shared.api().join_session(session_id).await)?;
        self.shared.await_event(&joined).await;
        Ok(joined)
    }

    async fn cancel_session(&self, session_id: SessionId, reason: Option<String>) -> Result<Session, Failure> {
        self.shared.act_on_session(session_id, |_| Ok(CancelSession { reason }.into())).await?.session()
    }

    async fn add_round(&self, session_id: SessionId, plan: RoundPlan, release: bool) -> Result<Round, Failure> {
        round(self.shared.act_on_session(session_id, |_| Ok(AddRound { plan, release }.into())).await?)
    }

    async fn edit_round(
        &self,
        round_id: RoundId,
        version: u64,
        plan: RoundPlan,
        release: bool,
    ) -> Result<Round, Failure> {
        let edited = self.shared.act_on_round(round_id, |known| {
            Ok(EditRound { round: round_id, plan, release, base: on_version(known, version)? }.into())
        });
        round(edited.await?)
    }

    async fn delete_round(&self, round_id: RoundId, version: u64) -> Result<(), Failure> {
        let deleted = self.shared.act_on_round(round_id, |known| {
            Ok(DeleteRound { round: round_id, base: on_version(known, version)? }.into())
        });
        deleted.await.map(drop)
    }

    async fn release_round(&self, round_id: RoundId) -> Result<Round, Failure> {
        round(self.shared.act_on_round(round_id, |_| Ok(ReleaseRound { round: round_id }.into())).await?)
    }

    async fn recall_round(&self, round_id: RoundId) -> Result<Round, Failure> {
        round(self.shared.act_on_round(round_id, |_| Ok(RecallRound { round: round_id }.into())).await?)
    }

    async fn start_round(&self, round_id: RoundId) -> Result<Round, Failure> {
        round(self.shared.act_on_round(round_id, |_| Ok(StartRound { round: round_id }.into())).await?)
    }

    async fn log_exercise(&self, round_id: RoundId, item_id: ItemId, actual: Option<Values>) -> Result<Round, Failure> {
        let act = LogExercise { round: round_id, item: item_id, actual };
        round(self.shared.act_on_round(round_id, |_| Ok(act.into())).await?)
    }

    async fn complete_round(&self, round_id: RoundId, reports: Vec<ExerciseReport>) -> Result<Round, Failure> {
        let act = CompleteRound { round: round_id, reports, late: false };
        round(self.shared.act_on_round(round_id, |_| Ok(act.into())).await?)
    }

    async fn create_exercise(&self, draft: ExerciseDraft) -> Result<Exercise, Failure> {
        exercise(self.shared.act(Subject::New(Kind::Exercise), |_| Ok(CreateExercise { draft }.into())).await?)
    }

    async fn edit_exercise(
        &self,
        exercise_id: ExerciseId,
        version: u64,
        draft: ExerciseDraft,
    ) -> Result<Exercise, Failure> {
        let edited = self
            .shared
            .act_on_exercise(exercise_id, |known| Ok(EditExercise { draft, base: described(known, version)? }.into()));
        exercise(edited.await?)
    }

    async fn archive_exercise(&self, exercise_id: ExerciseId, version: u64) -> Result<(), Failure> {
        let archived = self
            .shared
            .act_on_exercise(exercise_id, |known| Ok(ArchiveExercise { base: described(known, version)? }.into()));
        archived.await.map(drop)
    }

    async fn restore_exercise(&self, exercise: Exercise) -> Result<Exercise, Failure> {
        // It may have been archived long ago, so that nothing here knows it.
        self.shared.learn(exercise.clone().into()).await?;
        let restored = self.shared.act_on_exercise(exercise.id, |_| Ok(RestoreExercise {}.into()));
        self::exercise(restored.await?)
    }

    async fn archived_exercises(&self) -> Result<Vec<Exercise>, Failure> {
        Ok(self.shared.api().archived_exercises().await?)
    }

    async fn discard_act(&self, key: String) -> Result<(), Failure> {
        self.shared.discard(read_key(&key)?).await
    }

    async fn retry_act(&self, key: String) -> Result<(), Failure> {
        self.shared.retry(read_key(&key)?).await
    }

    async fn try_now(&self) -> Result<(), Failure> {
        self.shared.network_is_back();
        Ok(())
    }

    async fn notify(&self, notice: Notice) -> Result<(), Failure> {
        self.host()?.notify(notice);
        Ok(())
    }

    async fn show_in_tray(&self, words: TrayWords) -> Result<(), Failure> {
        self.host()?.show_in_tray(words);
        Ok(())
    }

    async fn show_in_menu(&self, words: Box<MenuWords>) -> Result<(), Failure> {
        self.host()?.show_in_menu(*words);
        Ok(())
    }

    async fn invitation(&self) -> Result<Option<Invitation>, Failure> {
        let code = self.host()?.invitation();
        Ok(code.map(|code| Invitation { session_id: code.parse().ok().map(SessionId) }))
    }

    async fn close_window(&self) -> Result<(), Failure> {
        self.host()?.close();
        Ok(())
    }

    async fn ask_to_close(&self) -> Result<(), Failure> {
        self.host()?.ask_to_close();
        Ok(())
    }

    async fn is_asking(&self) -> Result<(), Failure> {
        self.host()?.is_asking();
        Ok(())
    }

    async fn toggle_full_screen(&self) -> Result<(), Failure> {
        self.host()?.toggle_full_screen();
        Ok(())
    }

    async fn versions(&self) -> Result<Versions, Failure> {
        Ok(self.host()?.versions())
    }

    async fn diagnostics(&self) -> Result<String, Failure> {
        let host = self.host()?.diagnostics();
        Ok(format!("{host}\n{}", self.shared.diagnostics().await))
    }

    async fn keep_awake(&self, on: bool) -> Result<(), Failure> {
        self.host()?.keep_awake(on);
        Ok(())
    }

    async fn machine(&self) -> Result<Machine, Failure> {
        let host = self.host()?;
        Ok(Machine { starts_with_system: host.starts_with_system(), may_become_kiosk: host.may_become_kiosk() })
    }

    async fn start_with_system(&self, on: bool) -> Result<Machine, Failure> {
        self.host()?.start_with_system(on).map_err(|error| Failure::local(LocalCode::System).because(error))?;
        self.machine().await
    }

    async fn become_kiosk(&self, pin: String) -> Result<(), Failure> {
        let host = self.host()?;
        if !host.may_become_kiosk() {
            return Err(Failure::local(LocalCode::Internal).because("a profile was named"));
        }
        if self.shared.is_in_session().await {
            return Err(Failure::local(LocalCode::InSession));
        }
        become_kiosk(self.shared.home(), &self.shared.server(), &pin).await?;
        self.leave_profile();
        host.restart();
        Ok(())
    }

    async fn check_for_update(&self) -> Result<(), Failure> {
        self.update_requests()?.check.notify_one();
        Ok(())
    }

    async fn install_update(&self) -> Result<(), Failure> {
        let requests = self.update_requests()?;
        if self.shared.is_in_session().await {
            return Err(Failure::local(LocalCode::InSession));
        }
        requests.install.notify_one();
        Ok(())
    }
}

/// The round an act on one answers with.
fn round(acted: Acted) -> Result<Round, Failure> {
    acted.round.ok_or_else(|| Refusal::NotFound.into())
}

/// What a round is planned as, if it is the version the window meant. What the athlete enters makes a new version as
/// well; then the window has been told, and means the newer one.
fn on_version(known: &Round, version: u64) -> Result<RoundPlan, Failure> {
    if known.version == version { Ok(known.into()) } else { Err(Refusal::VersionMismatch.into()) }
}

/// The exercise an act on one answers with.
fn exercise(acted: Acted) -> Result<Exercise, Failure> {
    let exercise = acted.document.and_then(|document| document.try_into().ok());
    exercise.ok_or_else(|| Refusal::NotFound.into())
}

/// What an exercise is described as, if it is the version the window meant.
fn described(known: &Exercise, version: u64) -> Result<ExerciseDraft, Failure> {
    if known.version == version { Ok(known.into()) } else { Err(Refusal::VersionMismatch.into()) }
}

fn read_key(key: &str) -> Result<Uuid, Failure> {
    key.parse().map_err(|_| Refusal::NotFound.into())
}
