//! Imports: a file of another tracker is read, shown, committed and taken back.
//!
//! A file may hold thousands of sessions, and whoever trains must not wait for them. So they are stored and removed in
//! steps, each a short transaction that also stores how far it came. Whoever finds an import at work goes on with it: the
//! request that began it, and every server when it starts. So a crash leaves it whole in the end, and never half.
//! A server carries out one at a time. Two servers at once do no harm: each step locks the athlete and then the import.

mod commit;
mod describe;
mod dry_run;
mod finish;
mod here;
mod plans;
mod take_back;

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;
use training::imports::{ImportState, TAKE_BACK_DAYS};
use training::wire::Role;
use training::{ImportId, ProblemCode, UserId};

pub(crate) use self::commit::commit;
pub(crate) use self::describe::describe;
pub(crate) use self::dry_run::{FileOptions, read_file};
pub(crate) use self::take_back::take_back;
use crate::app::App;
use crate::commands::lock_athlete;
use crate::http::{ApiError, Caller};
use crate::store::{ImportHead, StoreError, Tx};

/// For how long an import can be taken back.
pub(crate) const TAKE_BACK_WITHIN: Duration = Duration::from_hours(TAKE_BACK_DAYS * 24);

/// How many sets a step stores or removes, roughly: others wait no longer than for a large round.
const SETS_PER_STEP: usize = 200;

/// How long a request waits for the steps. Afterwards they are still carried out.
const WAIT: Duration = Duration::from_secs(25);

/// Refuses whoever may not import for an athlete.
pub(crate) async fn check_importer(app: &App, caller: &Caller, athlete: UserId) -> Result<(), ApiError> {
    let me = caller.account.id;
    let may = if me == athlete {
        caller.account.roles.contains(&Role::Athlete)
    } else {
        caller.account.roles.contains(&Role::Trainer) && app.store.is_trained_by(athlete, me).await?
    };
    if may { Ok(()) } else { Err(not_found()) }
}

/// An import for somebody who may see it. One that is being taken back is gone.
pub(crate) async fn find(app: &App, caller: &Caller, id: ImportId) -> Result<ImportHead, ApiError> {
    let head = find_any(app, caller, id).await?;
    if head.state == ImportState::TakingBack { Err(not_found()) } else { Ok(head) }
}

/// The same, also of one that is being taken back.
pub(crate) async fn find_any(app: &App, caller: &Caller, id: ImportId) -> Result<ImportHead, ApiError> {
    let head = app.store.import(id).await?.ok_or_else(not_found)?;
    check_importer(app, caller, head.athlete).await?;
    Ok(head)
}

/// Goes on with every import that is at work. One with which it fails holds up no other.
pub(crate) async fn resume_all(app: &Arc<App>) -> Result<(), ApiError> {
    for id in app.store.imports_at_work().await? {
        if let Err(error) = resume(app, id).await {
            log_failure(id, &error);
        }
    }
    Ok(())
}

/// Goes on with an import, if it is at work, once it is its turn.
async fn resume(app: &Arc<App>, id: ImportId) -> Result<(), ApiError> {
    if at_work(app, id).await?.is_none() {
        return Ok(());
    }
    let _turn = app.imports.acquire().await.map_err(ApiError::internal)?;
    // Meanwhile another request has perhaps brought it to an end.
    match at_work(app, id).await? {
        Some(head) if head.state == ImportState::TakingBack => take_back::go_on(app, &head).await,
        Some(head) => commit::go_on(app, &head).await,
        None => Ok(()),
    }
}

async fn at_work(app: &App, id: ImportId) -> Result<Option<ImportHead>, StoreError> {
    let is_at_work = |head: &ImportHead| matches!(head.state, ImportState::Committing | ImportState::TakingBack);
    Ok(app.store.import(id).await?.filter(is_at_work))
}

/// Goes on with an import, and waits for that for a while.
async fn wait_for(app: Arc<App>, id: ImportId) -> Result<(), ApiError> {
    let mut work = tokio::spawn(async move { resume(&app, id).await }.in_current_span());
    if let Ok(done) = tokio::time::timeout(WAIT, &mut work).await {
        return done.map_err(ApiError::internal)?;
    }
    // It is not ended by that, and nobody else learns how it ends.
    let log = async move {
        if let Err(error) = work.await.map_err(ApiError::internal).flatten() {
            log_failure(id, &error);
        }
    };
    tokio::spawn(log.in_current_span());
    Ok(())
}

fn log_failure(id: ImportId, error: &ApiError) {
    tracing::error!(%id, ?error, "could not go on with an import");
}

/// Locks an import for somebody who may import for its athlete.
async fn lock_for(tx: &mut Tx, caller: &Caller, head: &ImportHead) -> Result<ImportHead, ApiError> {
    lock_athlete(tx, caller, head.athlete).await?.ok_or_else(not_found)?;
    tx.lock_import(head.id).await?.ok_or_else(not_found)
}

/// Locks an import for its next step; none if somebody else has brought it to an end meanwhile.
async fn lock_at_work(tx: &mut Tx, head: &ImportHead) -> Result<Option<ImportHead>, StoreError> {
    tx.lock_person(head.athlete).await?;
    Ok(tx.lock_import(head.id).await?.filter(|now| now.state == head.state))
}

fn not_found() -> ApiError {
    ApiError::new(ProblemCode::NotFound)
}
