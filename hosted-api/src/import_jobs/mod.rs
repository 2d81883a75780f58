//! Imports: a file of another tracker is read, shown, committed and taken back.
//!
//! A file may hold thousands of sessions, and whoever trains must not wait for them. So they are stored and removed in
//! steps, each a short transaction that also stores how far it came. Whoever finds an import at work goes on with it: the
//! request that began it, and every server when it starts. So a crash leaves it whole in the end, and never half.
//! Two at once do no harm: each step locks the import first.

mod commit;
mod dry_run;
mod shown;
mod take_back;

use std::sync::Arc;
use std::time::Duration;

use training::imports::ImportState;
use training::wire::Role;
use training::{ImportId, ProblemCode, UserId};

pub(crate) use self::commit::commit;
pub(crate) use self::dry_run::{Asked, read_file};
pub(crate) use self::shown::shown;
pub(crate) use self::take_back::take_back;
use crate::app::App;
use crate::http::{ApiError, Caller};
use crate::store::{ImportHead, Tx};

/// For how long an import can be taken back.
pub(crate) const TAKE_BACK_WITHIN: Duration = Duration::from_hours(30 * 24);

/// How many sets a step stores or removes, roughly: others wait no longer than for a large round.
const SETS_PER_STEP: usize = 200;

/// Locks an athlete for somebody who may import for them: themself, or the trainer they are assigned to. For everybody
/// else, and once they are deactivated, there is no such athlete.
async fn lock_athlete(tx: &mut Tx, caller: &Caller, athlete: UserId) -> Result<(), ApiError> {
    let me = caller.account.id;
    let is_locked = if me == athlete {
        caller.account.roles.contains(&Role::Athlete) && tx.lock_user(me).await?
    } else {
        caller.account.roles.contains(&Role::Trainer) && tx.lock_trainee(athlete, me).await?
    };
    if is_locked { Ok(()) } else { Err(ApiError::new(ProblemCode::NotFound)) }
}

/// Refuses whoever may not import for an athlete.
pub(crate) async fn check_importer(app: &App, caller: &Caller, athlete: UserId) -> Result<(), ApiError> {
    let me = caller.account.id;
    let may = if me == athlete {
        caller.account.roles.contains(&Role::Athlete)
    } else {
        caller.account.roles.contains(&Role::Trainer) && app.store.is_trained_by(athlete, me).await?
    };
    if may { Ok(()) } else { Err(ApiError::new(ProblemCode::NotFound)) }
}

/// An import for somebody who may see it. One that is being taken back is gone.
pub(crate) async fn find(app: &App, caller: &Caller, id: ImportId) -> Result<ImportHead, ApiError> {
    let not_found = || ApiError::new(ProblemCode::NotFound);
    let head = app.store.import(id).await?.ok_or_else(not_found)?;
    check_importer(app, caller, head.athlete).await?;
    if head.state == ImportState::TakingBack { Err(not_found()) } else { Ok(head) }
}

/// Goes on with every import that is at work. One with which it fails holds up no other.
pub(crate) async fn resume_all(app: &Arc<App>) -> Result<(), ApiError> {
    for id in app.store.imports_at_work().await? {
        if let Err(error) = resume(app, id).await {
            tracing::error!(%id, ?error, "could not go on with an import");
        }
    }
    Ok(())
}

async fn resume(app: &Arc<App>, id: ImportId) -> Result<(), ApiError> {
    let Some(head) = app.store.import(id).await? else { return Ok(()) };
    match head.state {
        ImportState::Committing => commit::go_on(app, id).await,
        ImportState::TakingBack => take_back::go_on(app, id).await,
        _ => Ok(()),
    }
}
