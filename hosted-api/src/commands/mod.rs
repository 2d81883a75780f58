//! Commands: from a request to a change that is stored, announced and answered.
//!
//! The order of things is written once, in [`run`], for entities of any kind: claim the key, let the command load, decide
//! and store, announce to every feed, keep the answer, commit, wake. What is particular to a command is its own file;
//! its rules are the `training` crate's.

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
    /// Loads what it is about, decides, and stores what came of it. A command that is refused has stored nothing.
    fn perform(self, tx: &mut Tx, by: &By) -> impl Future<Output = Result<Done, Rejected>> + Send;
}

/// Who sent a command, and under which key.
pub(crate) struct By {
    pub(crate) caller: Caller,
    pub(crate) key: Option<Key>,
}

impl By {
    /// The ids of what the command makes: they follow from its key, where that is a UUID of version 7.
    pub(crate) fn ids(&self) -> Option<ActIds> {
        ActIds::of(self.key.as_ref()?.key.parse().ok()?)
    }

    /// An id for the one thing the command makes, unless that is taken already: only for somebody who chose their key to
    /// be in the way.
    pub(crate) fn new_id(&self) -> Uuid {
        self.ids().map_or_else(Uuid::now_v7, |mut ids| ids.make())
    }
}

/// What came of a command.
pub(crate) struct Done {
    pub(crate) answer: Answer,
    pub(crate) news: News,
}

/// Why a command came to nothing.
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
/// As a task of its own: once begun it ends, commits and wakes, even when whoever sent it has gone.
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
        // A refusal because of the state is an answer and kept; any other is an error and leaves no trace.
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
            // Perhaps it is done all the same, and only the word of it was lost.
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

/// Keeps the answer and commits.
async fn conclude(mut tx: Tx, by: &By, answer: &Answer) -> Result<(), StoreError> {
    if let Some(Key { key, .. }) = &by.key {
        tx.keep_answer(by.caller.account.id, key, answer).await?;
    }
    tx.commit().await
}
