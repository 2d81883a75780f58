//! Taking an import back: its sessions go in steps, or become again what they replaced, and then its weights and the
//! exercises that it has created and that nothing uses.

use std::sync::Arc;
use std::time::Duration;

use training::imports::ImportState;
use training::people::{AuditAct, AuditKind, AuditSubject};
use training::{ExerciseId, ImportId, ProblemCode};

use super::commit::{at_version, told_once};
use super::{SETS_PER_STEP, TAKE_BACK_WITHIN, lock_athlete};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::commands::commit_and_wake;
use crate::http::{ApiError, Caller};
use crate::store::{ImportHead, ImportedSession, StoreError, Tx};

/// How long a request waits for the sessions to go. Afterwards they still do.
const WAIT: Duration = Duration::from_secs(25);
/// How many sessions a step removes at most.
const SESSIONS_PER_STEP: u32 = 20;

/// Takes an import back; one that was not committed is forgotten.
pub(crate) async fn take_back(app: &Arc<App>, caller: Caller, id: ImportId) -> Result<(), ApiError> {
    let app = Arc::clone(app);
    run_to_completion(async move {
        begin(&app, &caller, id).await?;
        let work = tokio::spawn(async move { go_on(&app, id).await });
        match tokio::time::timeout(WAIT, work).await {
            Ok(done) => done.map_err(ApiError::internal)?,
            Err(_elapsed) => Ok(()),
        }
    })
    .await
}

async fn begin(app: &Arc<App>, caller: &Caller, id: ImportId) -> Result<(), ApiError> {
    let not_found = || ApiError::new(ProblemCode::NotFound);
    let mut tx = app.store.write().await?;
    let head = tx.lock_import(id).await?.ok_or_else(not_found)?;
    lock_athlete(&mut tx, caller, head.athlete).await?;
    match head.state {
        ImportState::DryRun => tx.delete_import(id).await?,
        ImportState::TakingBack => return Err(not_found()),
        _ => {
            let is_final = head.committed_at.is_none_or(|at| clock::after(at, TAKE_BACK_WITHIN) < clock::now());
            if is_final {
                return Err(ApiError::new(ProblemCode::ImportFinal));
            }
            tx.set_import_state(id, ImportState::TakingBack, 0).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Removes what is still there of an import.
pub(super) async fn go_on(app: &Arc<App>, id: ImportId) -> Result<(), ApiError> {
    loop {
        let mut tx = app.store.write().await?;
        let Some(head) = lock(&mut tx, id).await? else { return Ok(()) };
        let sessions = tx.sessions_of_import(id, SESSIONS_PER_STEP).await?;
        if sessions.is_empty() {
            drop(tx);
            break remove_exercises(app, head).await;
        }
        let mut sets = 0;
        for imported in sessions {
            if sets < SETS_PER_STEP {
                sets += remove(&mut tx, &imported).await?;
            }
        }
        tx.commit().await?;
    }
}

async fn lock(tx: &mut Tx, id: ImportId) -> Result<Option<ImportHead>, StoreError> {
    Ok(tx.lock_import(id).await?.filter(|head| head.state == ImportState::TakingBack))
}

/// Removes a session, or brings back what it replaced; returns how many sets that was.
async fn remove(tx: &mut Tx, imported: &ImportedSession) -> Result<usize, StoreError> {
    let row = tx.lock_session(imported.session).await?;
    let is_replaced = tx.remove_imported_session(imported).await?;
    let Some(row) = row.filter(|_| !is_replaced) else { return Ok(0) };
    let sets = row.session.rounds.iter().map(|round| round.exercises.len()).sum();
    match &imported.replaced {
        None => drop(tx.delete_session(row).await?),
        Some(replaced) => {
            let after = at_version(replaced.clone(), row.session.version + 1);
            tx.replace_session(row, &after).await?;
            tx.set_imported_version(after.id, after.version).await?;
        }
    }
    Ok(sets)
}

/// Removes the exercises that the import has created, one at a time, and then the import. Whether one is used is a question
/// that takes a while.
async fn remove_exercises(app: &Arc<App>, head: ImportHead) -> Result<(), ApiError> {
    for exercise in &head.created {
        let mut tx = app.store.write().await?;
        tx.lock_studio(head.studio).await?;
        if lock(&mut tx, head.id).await?.is_none() {
            return Ok(());
        }
        remove_exercise(&mut tx, &head, *exercise).await?;
        tx.commit().await?;
    }
    let mut tx = app.store.write().await?;
    if lock(&mut tx, head.id).await?.is_none() {
        return Ok(());
    }
    tx.remove_imported_weights(head.id).await?;
    let by_person = told_once(&mut tx, &head).await?;
    tx.delete_import(head.id).await?;
    commit_and_wake(app, tx, by_person).await
}

/// Deletes an exercise that is as the import has created it, unless something uses it.
async fn remove_exercise(tx: &mut Tx, head: &ImportHead, id: ExerciseId) -> Result<(), StoreError> {
    let Some(exercise) = tx.exercise(head.studio, id).await?.filter(|it| it.archived && it.version == 1) else {
        return Ok(());
    };
    if tx.is_exercise_in_use(head.studio, id).await? {
        return Ok(());
    }
    let on = AuditSubject { kind: AuditKind::Exercise, id: id.to_string(), name: exercise.name };
    tx.record(Some(head.studio), Some(&head.by), AuditAct::ExerciseDeleted, &on, clock::now()).await?;
    tx.forget_mappings_to(id).await?;
    tx.delete_exercise(id).await
}
