//! An import as it is shown: what its file holds, beside what is stored.

use imports::{ImportIds, Plan, PlannedSession, session_digest};
use training::imports::{ChangedSession, Import, ImportState, MappedExercise};

use super::TAKE_BACK_WITHIN;
use crate::app::App;
use crate::clock;
use crate::http::ApiError;
use crate::store::ImportHead;

/// An import with what becomes of it.
pub(crate) async fn shown(app: &App, head: &ImportHead, plan: &Plan) -> Result<Import, ApiError> {
    let stored = app.store.stored_sessions(head.athlete).await?;
    let (mut already_here, mut changed) = (0, Vec::new());
    for session in &plan.sessions {
        let id = ImportIds::of(head.athlete, session.started_at).session();
        let Some(here) = stored.get(&id) else { continue };
        if here.import.as_ref().is_some_and(|(import, ..)| *import == head.id) {
            continue;
        }
        if here.is_same(&session_digest(session, &plan.exercises)) {
            already_here += 1;
        } else {
            changed.push(ChangedSession {
                session_id: id,
                started_at: session.started_at,
                sets_here: here.sets,
                sets: count(session.sets()),
                replaced: here.is_untouched(),
            });
        }
    }
    let exercises = plan.exercises.iter().enumerate().map(|(at, exercise)| MappedExercise {
        name: exercise.name.clone(),
        exercise_id: head.exercises.get(at).copied().or(exercise.exercise_id),
    });
    Ok(Import {
        id: head.id,
        athlete_id: head.athlete,
        by: head.by.clone(),
        at: head.at,
        state: head.state,
        format: head.format,
        unit: plan.unit,
        timezone: head.time_zone.clone(),
        rows: count(plan.rows),
        sets: count(plan.sessions.iter().map(PlannedSession::sets).sum()),
        weights: count(plan.weights.len()),
        skipped: plan.skipped.clone(),
        exercises: exercises.collect(),
        sessions: count(plan.sessions.len()),
        already_here,
        changed,
        unused_columns: plan.unused_columns.clone(),
        committed_at: head.committed_at.filter(|_| head.state != ImportState::DryRun),
        take_back_until: head.committed_at.map(|at| clock::after(at, TAKE_BACK_WITHIN)),
    })
}

/// A number of rows or of what is in them: there are at most some hundred thousand.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
