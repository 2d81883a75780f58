//! Taking an import back: its sessions go in steps, or become again what they replaced, and then its weights and the
//! exercises that it has created and that nothing uses.

use std::sync::Arc;

use training::imports::ImportState;
use training::people::{AuditAct, AuditKind, AuditSubject};
use training::{Exercise, ExerciseId, ProblemCode};

use super::commit::at_version;
use super::finish::{Changed, finish_and_reset};
use super::{SETS_PER_STEP, TAKE_BACK_WITHIN, lock_at_work, lock_for, wait_for};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::commands::{commit_and_wake, counted};
use crate::http::{ApiError, Caller};
use crate::store::{ImportHead, Replacement, StoreError, Tx};

/// How many sessions a step removes at most.
const SESSIONS_PER_STEP: u32 = 20;

/// Takes an import back; one that was not committed is forgotten. Returns whether that is done: of a large one, the rest
/// follows, and whoever asks again waits for it.
pub(crate) async fn take_back(app: &Arc<App>, caller: Caller, head: ImportHead) -> Result<bool, ApiError> {
    let app = Arc::clone(app);
    run_to_completion(async move {
        counted(&app, &caller, begin(&app, &caller, &head)).await?;
        wait_for(Arc::clone(&app), head.id).await?;
        Ok(app.store.import(head.id).await?.is_none())
    })
    .await
}

async fn begin(app: &App, caller: &Caller, head: &ImportHead) -> Result<(), ApiError> {
    let mut tx = app.store.write().await?;
    let head = lock_for(&mut tx, caller, head).await?;
    match head.state {
        ImportState::DryRun => tx.delete_import(head.id).await?,
        ImportState::TakingBack => return Ok(()),
        _ => {
            let is_final = head.committed_at.is_none_or(|at| clock::after(at, TAKE_BACK_WITHIN) < clock::now());
            if is_final {
                return Err(ApiError::new(ProblemCode::ImportFinal));
            }
            tx.begin_take_back(head.id, &caller.person()).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Removes what is still there of an import.
pub(super) async fn go_on(app: &Arc<App>, head: &ImportHead) -> Result<(), ApiError> {
    loop {
        let mut tx = app.store.write().await?;
        let Some(head) = lock_at_work(&mut tx, head).await? else { return Ok(()) };
        let removed = step(&mut tx, &head).await?;
        if removed == 0 {
            drop(tx);
            break finish(app, &head).await;
        }
        tx.set_import_state(head.id, head.state, head.done + removed).await?;
        tx.commit().await?;
    }
}

/// Removes the next sessions, or brings back what they replaced; returns how many they were.
async fn step(tx: &mut Tx, head: &ImportHead) -> Result<usize, StoreError> {
    // All of them are locked before the first one is removed, which locks the records.
    let (mut locked, mut sets) = (Vec::new(), 0);
    for imported in tx.sessions_of_import(head.id, SESSIONS_PER_STEP).await? {
        if sets >= SETS_PER_STEP {
            break;
        }
        let row = tx.lock_session(imported.session).await?;
        let rounds = row.iter().flat_map(|row| &row.session.rounds);
        sets += rounds.map(|round| round.exercises.len()).sum::<usize>();
        locked.push((imported, row));
    }
    let removed = locked.len();
    let mut replacements = Vec::with_capacity(removed);
    for (imported, row) in locked {
        let is_replaced = tx.remove_imported_session(&imported).await?;
        let Some(row) = row.filter(|_| !is_replaced) else { continue };
        let after = imported.replaced.map(|replaced| at_version(replaced, row.session.version + 1));
        if let Some(after) = &after {
            tx.set_imported_version(after.id, after.version).await?;
        }
        replacements.push(Replacement { row, after });
    }
    tx.replace_sessions(head.athlete, replacements).await?;
    Ok(removed)
}

/// Removes what is left of an import, and then itself.
async fn finish(app: &Arc<App>, head: &ImportHead) -> Result<(), ApiError> {
    remove_exercises(app, head).await?;
    let mut tx = app.store.write().await?;
    let Some(head) = lock_at_work(&mut tx, head).await? else { return Ok(()) };
    let weights = tx.remove_imported_weights(head.id).await?;
    let by_person = finish_and_reset(&mut tx, &head, &Changed { sessions: head.done > 0, weights }).await?;
    tx.delete_import(head.id).await?;
    commit_and_wake(app, tx, by_person).await
}

/// Deletes the exercises that are as the import has created them, unless something uses them. In a transaction of its own,
/// because it looks through everything that might.
async fn remove_exercises(app: &App, head: &ImportHead) -> Result<(), ApiError> {
    if head.created.is_empty() {
        return Ok(());
    }
    let mut tx = app.store.write().await?;
    tx.lock_studio(head.studio).await?;
    if lock_at_work(&mut tx, head).await?.is_none() {
        return Ok(());
    }
    let mut exercises = tx.exercises_with(head.studio, &head.created).await?;
    exercises.retain(|exercise| exercise.archived && exercise.version == 1);
    let used = tx.exercises_in_use(head.studio, exercises.iter().map(|exercise| exercise.id).collect()).await?;
    exercises.retain(|exercise| !used.contains(&exercise.id));
    delete(&mut tx, head, exercises).await?;
    Ok(tx.commit().await?)
}

async fn delete(tx: &mut Tx, head: &ImportHead, exercises: Vec<Exercise>) -> Result<(), StoreError> {
    let by = head.taken_back_by.as_ref().unwrap_or(&head.by);
    let ids: Vec<ExerciseId> = exercises.iter().map(|exercise| exercise.id).collect();
    for Exercise { id, name, .. } in exercises {
        let on = AuditSubject { kind: AuditKind::Exercise, id: id.to_string(), name };
        tx.record(Some(head.studio), Some(by), AuditAct::ExerciseDeleted, &on, clock::now()).await?;
    }
    tx.forget_mappings_to(&ids).await?;
    tx.delete_exercises(&ids).await
}
