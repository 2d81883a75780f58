//! Commands: from a request to a change that is stored, announced and answered.
//!
//! The sequence is written once, in [`run`], for all kinds of entity: claim the key; let the command load, decide and
//! store; append to every feed; store the answer; commit; wake. What is specific to a command is in its own file; its
//! rules are in the `training` crate.

mod announce;
mod answer;
mod exercise;
mod session;
mod start_session;

use std::sync::Arc;
use std::time::Instant;

use training::{ActIds, ProblemCode, Refusal};
use uuid::Uuid;

pub(crate) use self::announce::EventsByPerson;
use self::announce::{Announcement, announce};
pub(crate) use self::answer::{Answer, Answered};
use self::answer::{StoredAnswer, outcome_label};
pub(crate) use self::exercise::{ArchiveExercise, CreateExercise, EditExercise, RestoreExercise};
pub(crate) use self::session::{SessionCommand, part};
pub(crate) use self::start_session::StartSession;
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::http::{ApiError, Caller, IdempotencyKey};
use crate::store::{Claim, StoreError, Tx};

/// Something a person wants done.
pub(crate) trait Command: Send + Sync + 'static {
    /// Loads the state, decides, and stores the result. A refused command has stored nothing.
    fn perform(
        self,
        tx: &mut Tx,
        context: &CommandContext,
    ) -> impl Future<Output = Result<Outcome, CommandError>> + Send;

    /// Whether its sender may be told again what became of it: somebody who could send it today. Roles change, and so
    /// does who is who to an entity; an answer under an old key holds what only they may see.
    fn may_be_replayed(
        &self,
        tx: &mut Tx,
        context: &CommandContext,
    ) -> impl Future<Output = Result<(), CommandError>> + Send;
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
    pub(crate) answer: Answer,
    pub(crate) events: EventsByPerson,
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
    let app = Arc::clone(app);
    let work = async move {
        let result = run_in_transaction(&app, &context, command).await;
        app.metrics.command(outcome_label(&result));
        result
    };
    run_to_completion(work).await
}

async fn run_in_transaction(app: &App, context: &CommandContext, command: impl Command) -> Result<Answered, ApiError> {
    let mut tx = app.store.write().await?;
    if let Some(answered) = replay(&mut tx, context, &command).await? {
        return Ok(answered);
    }
    // After the key, because to be told again what became of a command is no other command.
    app.commands
        .take(context.caller.account.id, Instant::now())
        .map_err(|wait| ApiError::new(ProblemCode::TooManyCommands).retry_after(wait))?;
    let (answer, announcement) = match command.perform(&mut tx, context).await {
        Ok(Outcome { answer, events }) => (answer, announce(&mut tx, events).await?),
        // A refusal that depends on the state is an answer and is stored; any other is an error and leaves no trace.
        Err(CommandError::Refused(refusal)) if refusal.depends_on_state() => {
            (Answer::refused(refusal), Announcement::default())
        }
        Err(error) => return Err(error.into()),
    };
    match commit_with_answer(tx, context, &answer).await {
        Ok(()) => {
            announcement.wake(app);
            Ok(Answered { answer, replayed: false })
        }
        Err(error) => {
            // The commit may have succeeded all the same, and only its confirmation was lost.
            announcement.wake_to_reread(app);
            Err(error.into())
        }
    }
}

/// The earlier answer to this very request, if there is one; claims the key otherwise.
async fn replay(tx: &mut Tx, context: &CommandContext, command: &impl Command) -> Result<Option<Answered>, ApiError> {
    let Some(IdempotencyKey { key, fingerprint }) = &context.key else { return Ok(None) };
    match tx.claim(context.caller.account.id, key, fingerprint, clock::now()).await? {
        Claim::New => Ok(None),
        Claim::Answered { fingerprint: used_for, .. } if used_for != *fingerprint => {
            Err(ApiError::new(ProblemCode::IdempotencyMismatch))
        }
        Claim::Answered { answer: StoredAnswer(answer), .. } => {
            command.may_be_replayed(tx, context).await?;
            Ok(Some(Answered { answer, replayed: true }))
        }
    }
}

/// Stores the answer and commits.
async fn commit_with_answer(mut tx: Tx, context: &CommandContext, answer: &Answer) -> Result<(), StoreError> {
    if let Some(IdempotencyKey { key, .. }) = &context.key {
        tx.store_answer(context.caller.account.id, key, answer).await?;
    }
    tx.commit().await
}
