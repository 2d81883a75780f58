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

use training::{ActIds, ProblemCode, Refusal};
use uuid::Uuid;

pub(crate) use self::announce::News;
use self::announce::{Announcement, announce};
use self::answer::outcome;
pub(crate) use self::answer::{Answer, Answered};
pub(crate) use self::exercise::{ArchiveExercise, CreateExercise, EditExercise, RestoreExercise};
pub(crate) use self::session::{SessionCommand, part};
pub(crate) use self::start_session::StartSession;
use crate::app::{App, to_the_end};
use crate::clock;
use crate::http::{ApiError, Caller, Key};
use crate::store::{Claim, StoreError, Tx};

/// Something a person wants done.
pub(crate) trait Command: Send + 'static {
    /// Loads the state, decides, and stores the result. A refused command has stored nothing.
    fn perform(self, tx: &mut Tx, by: &By) -> impl Future<Output = Result<Done, Rejected>> + Send;
}

/// Who sent a command, and under which key.
pub(crate) struct By {
    pub(crate) caller: Caller,
    pub(crate) key: Option<Key>,
}

impl By {
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
pub(crate) struct Done {
    pub(crate) answer: Answer,
    pub(crate) news: News,
}

/// Why a command was not carried out.
pub(crate) enum Rejected {
    /// By the rules.
    Refused(Refusal),
    /// Before the rules, or by the store.
    Failed(Box<ApiError>),
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ApiError> for Rejected {
    fn from(error: ApiError) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl From<StoreError> for Rejected {
    fn from(error: StoreError) -> Self {
        ApiError::from(error).into()
    }
}

/// Runs a command.
///
/// Runs in its own task: once begun, it commits and wakes even if the client has disconnected.
pub(crate) async fn run(app: &Arc<App>, by: By, command: impl Command) -> Result<Answered, ApiError> {
    let app = Arc::clone(app);
    let running = async move {
        let result = in_transaction(&app, &by, command).await;
        app.metrics.command(outcome(&result));
        result
    };
    to_the_end(running).await
}

async fn in_transaction(app: &App, by: &By, command: impl Command) -> Result<Answered, ApiError> {
    let mut tx = app.store.write().await?;
    if let Some(answered) = replay(&mut tx, by).await? {
        return Ok(answered);
    }
    let (answer, announcement) = match command.perform(&mut tx, by).await {
        Ok(Done { answer, news }) => (answer, announce(&mut tx, news).await?),
        // A refusal that depends on the state is an answer and is stored; any other is an error and leaves no trace.
        Err(Rejected::Refused(refusal)) if refusal.depends_on_state() => {
            (Answer::refused(refusal), Announcement::default())
        }
        Err(Rejected::Refused(refusal)) => return Err(refusal.into()),
        Err(Rejected::Failed(error)) => return Err(*error),
    };
    match conclude(tx, by, &answer).await {
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
async fn replay(tx: &mut Tx, by: &By) -> Result<Option<Answered>, ApiError> {
    let Some(Key { key, fingerprint }) = &by.key else { return Ok(None) };
    match tx.claim(by.caller.account.id, key, fingerprint, clock::now()).await? {
        Claim::New => Ok(None),
        Claim::Answered { fingerprint: used_for, .. } if used_for != *fingerprint => {
            Err(ApiError::new(ProblemCode::IdempotencyMismatch))
        }
        Claim::Answered { answer, .. } => Ok(Some(Answered { answer, replayed: true })),
    }
}

/// Stores the answer and commits.
async fn conclude(mut tx: Tx, by: &By, answer: &Answer) -> Result<(), StoreError> {
    if let Some(Key { key, .. }) = &by.key {
        tx.keep_answer(by.caller.account.id, key, answer).await?;
    }
    tx.commit().await
}
