//! Commands: from a request to a change that is stored, announced and answered.
//!
//! The sequence is written once, in [`run`], for all kinds of entity: claim the key; let the command load, decide and
//! store; append to every feed; store the answer; commit; wake. What is specific to a command is in its own file; its
//! rules are in the `training` crate.

mod announce;
mod answer;
mod athlete;
mod bests;
mod device;
mod erase;
mod exercise;
mod invitation;
mod journal;
mod me;
mod note;
mod record_session;
mod records;
mod session;
mod start_session;
mod template;
mod upload;
mod user;
mod video;
mod weight;

use std::sync::Arc;
use std::time::Instant;

use training::{ActIds, ProblemCode, Refusal};
use uuid::Uuid;

use self::announce::{Announcement, announce};
pub(crate) use self::announce::{EventsByPerson, commit_and_wake};
pub(crate) use self::answer::{Answer, Answered};
use self::answer::{StoredAnswer, failure_label, outcome_label};
pub(crate) use self::athlete::lock_athlete;
pub(crate) use self::bests::LaterSessions;
pub(crate) use self::device::EndDevice;
pub(crate) use self::erase::ErasePerson;
pub(crate) use self::exercise::{ArchiveExercise, CreateExercise, EditExercise, RestoreExercise};
pub(crate) use self::invitation::{InviteUser, WithdrawInvitation, invite};
pub(crate) use self::journal::{CreateJournalEntry, DeleteJournalEntry, EditJournalEntry};
pub(crate) use self::me::EditMe;
pub(crate) use self::note::SaveNote;
pub(crate) use self::record_session::RecordSession;
pub(crate) use self::records::{catch_up, catch_up_all};
pub(crate) use self::session::{SessionCommand, part};
pub(crate) use self::start_session::StartSession;
pub(crate) use self::template::{CreateTemplate, DeleteTemplate, EditTemplate};
pub(crate) use self::upload::{BeginUpload, EndUpload};
pub(crate) use self::user::{AddUser, EditUser};
pub(crate) use self::video::{CheckedVideo, RemoveVideo, SetVideo};
pub(crate) use self::weight::{CreateWeight, DeleteWeight, EditWeight};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::http::{ApiError, Caller, IdempotencyKey};
use crate::store::{Claim, StoreError, Tx};

/// Something a person wants done.
pub(crate) trait Command: Send + Sync + 'static {
    /// Whether its sender has a role that may send it, which is asked before anything else. Whoever sends a command
    /// again is asked again, because roles change.
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError>;

    /// Loads the state, decides, and stores the result. A refused command has stored nothing.
    fn perform(
        self,
        tx: &mut Tx,
        context: &CommandContext,
    ) -> impl Future<Output = Result<Outcome, CommandError>> + Send;

    /// Completes the stored answer of a command that is sent again. Only a command whose answer holds a secret, which
    /// is not stored, has something to do.
    fn perform_again(
        self,
        _tx: &mut Tx,
        _context: &CommandContext,
        answer: Answer,
    ) -> impl Future<Output = Result<Answer, CommandError>> + Send
    where
        Self: Sized,
    {
        std::future::ready(Ok(answer))
    }

    /// Whether its sender may be told again what became of it, beyond their role: somebody who could send it today. Who
    /// is who to an entity changes, and an answer under an old key holds what only they may see.
    fn may_be_replayed(
        &self,
        _tx: &mut Tx,
        _context: &CommandContext,
    ) -> impl Future<Output = Result<(), CommandError>> + Send {
        std::future::ready(Ok(()))
    }
}

/// Who sent a command, and under which key.
pub(crate) struct CommandContext {
    pub(crate) caller: Caller,
    pub(crate) key: Option<IdempotencyKey>,
}

impl CommandContext {
    /// The ids of what the command creates, derived from its key if that is a version 7 UUID.
    pub(crate) fn ids(&self) -> Option<ActIds> {
        ActIds::of(self.key.as_ref()?.key.parse().ok()?)
    }

    /// An id for the one entity the command creates. It is already taken only if a client chose its key to collide.
    pub(crate) fn new_id(&self) -> Uuid {
        self.ids().map_or_else(Uuid::now_v7, |mut ids| ids.make())
    }
}

/// The result of a command.
pub(crate) struct Outcome {
    /// The answer, as it is stored.
    pub(crate) answer: Answer,
    /// The answer as it is sent, if it holds a secret.
    pub(crate) with_secret: Option<Answer>,
    pub(crate) events: EventsByPerson,
}

impl Outcome {
    /// With an answer that holds no secret.
    pub(crate) fn new(answer: Answer, events: EventsByPerson) -> Self {
        Self { answer, with_secret: None, events }
    }

    /// With an answer that is stored without the secret it is sent with.
    pub(crate) fn with_secret(stored: Answer, sent: Answer, events: EventsByPerson) -> Self {
        Self { answer: stored, with_secret: Some(sent), events }
    }
}

/// Why a command was not performed.
pub(crate) enum CommandError {
    /// By the rules.
    Refused(Refusal),
    /// Before the rules, or by the store.
    Failed(Box<ApiError>),
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ApiError> for CommandError {
    fn from(error: ApiError) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        ApiError::from(error).into()
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::Failed(error) => *error,
        }
    }
}

/// Runs a command.
///
/// Runs in its own task: once begun, it commits and wakes even if the client has disconnected.
pub(crate) async fn run(app: &Arc<App>, context: CommandContext, command: impl Command) -> Result<Answered, ApiError> {
    command.authorise(&context.caller)?;
    let app = Arc::clone(app);
    let work = async move {
        let result = run_in_transaction(&app, &context, command).await;
        app.metrics.command(outcome_label(&result));
        result
    };
    run_to_completion(work).await
}

/// Carries out something that needs no key, as a command: within the sender's limit, and counted by its outcome.
pub(crate) async fn counted<T>(
    app: &App,
    caller: &Caller,
    work: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let result = match take_turn(app, caller) {
        Ok(()) => work.await,
        Err(error) => Err(error),
    };
    app.metrics.command(failure_label(result.as_ref().err()));
    result
}

/// Refuses whoever has sent too many commands.
pub(crate) fn take_turn(app: &App, caller: &Caller) -> Result<(), ApiError> {
    app.commands
        .take(caller.account.id, Instant::now())
        .map_err(|wait| ApiError::new(ProblemCode::TooManyCommands).retry_after(wait))
}

async fn run_in_transaction(app: &App, context: &CommandContext, command: impl Command) -> Result<Answered, ApiError> {
    let mut tx = app.store.write().await?;
    if let Some(answer) = replay(&mut tx, context, &command).await? {
        let answer = command.perform_again(&mut tx, context, answer).await?;
        tx.commit().await?;
        return Ok(Answered { answer, replayed: true });
    }
    // After the key, because to be told again what became of a command is no other command.
    take_turn(app, &context.caller)?;
    let (answer, sent, announcement) = match command.perform(&mut tx, context).await {
        Ok(Outcome { answer, with_secret, events }) => (answer, with_secret, announce(&mut tx, events).await?),
        // A refusal that depends on the state is an answer and is stored; any other is an error and leaves no trace.
        Err(CommandError::Refused(refusal)) if refusal.depends_on_state() => {
            (Answer::refused(refusal), None, Announcement::default())
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(IdempotencyKey { key, .. }) = &context.key {
        tx.store_answer(context.caller.account.id, key, &answer).await?;
    }
    announcement.commit(tx, app).await?;
    Ok(Answered { answer: sent.unwrap_or(answer), replayed: false })
}

/// The earlier answer to this very request, if there is one; claims the key otherwise.
async fn replay(tx: &mut Tx, context: &CommandContext, command: &impl Command) -> Result<Option<Answer>, ApiError> {
    let Some(IdempotencyKey { key, fingerprint }) = &context.key else { return Ok(None) };
    match tx.claim(context.caller.account.id, key, fingerprint, clock::now()).await? {
        Claim::New => Ok(None),
        Claim::Answered { fingerprint: used_for, .. } if used_for != *fingerprint => {
            Err(ApiError::new(ProblemCode::IdempotencyMismatch))
        }
        Claim::Answered { answer: StoredAnswer(answer), .. } => {
            command.may_be_replayed(tx, context).await?;
            Ok(Some(answer))
        }
    }
}
