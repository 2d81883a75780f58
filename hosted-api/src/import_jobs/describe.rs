//! An import as it is shown: what its file holds, beside what is stored.

use std::collections::BTreeMap;

use imports::{ImportIds, Plan, PlannedSession, SessionDigest};
use training::imports::{ChangedSession, Import, ImportState, MappedExercise};
use training::{ProblemCode, SessionId};

use super::TAKE_BACK_WITHIN;
use super::here::{SessionsHere, WeightsHere};
use super::plans::{find_plan, on_thread};
use crate::app::App;
use crate::clock;
use crate::http::ApiError;
use crate::store::{ImportHead, StoredSession};

/// An import with what becomes of it.
pub(crate) async fn describe(app: &App, head: ImportHead) -> Result<Import, ApiError> {
    let plan = find_plan(app, head.id).await?.ok_or_else(|| ApiError::new(ProblemCode::NotFound))?;
    describe_plan(app, head, plan).await
}

/// The same, of an import whose plan is at hand.
pub(super) async fn describe_plan(app: &App, head: ImportHead, plan: Plan) -> Result<Import, ApiError> {
    let stored = app.store.stored_sessions(head.athlete).await?;
    let weights = WeightsHere::of(app.store.weights_known(head.athlete, head.id).await?);
    on_thread(app, move || import(head, plan, &stored, &weights)).await
}

fn import(head: ImportHead, plan: Plan, stored: &BTreeMap<SessionId, StoredSession>, weights: &WeightsHere) -> Import {
    let (already_here, changed) = compare(&head, &plan, stored);
    let sets = count(plan.sets());
    let exercises = plan.exercises.into_iter().enumerate().map(|(at, exercise)| MappedExercise {
        name: exercise.name,
        exercise_id: head.exercises.get(at).copied().or(exercise.exercise_id),
    });
    Import {
        id: head.id,
        athlete_id: head.athlete,
        by: head.by,
        at: head.at,
        state: head.state,
        format: head.format,
        unit: plan.unit,
        timezone: head.time_zone,
        rows: count(plan.rows),
        sets,
        weights: count(plan.weights.len()),
        weights_here: count(plan.weights.iter().filter(|planned| weights.have(head.athlete, planned)).count()),
        skipped: plan.skipped,
        exercises: exercises.collect(),
        sessions: count(plan.sessions.len()),
        already_here,
        changed,
        unused_columns: plan.unused_columns,
        committed_at: head.committed_at.filter(|_| head.state != ImportState::DryRun),
        take_back_until: head.committed_at.map(|at| clock::after(at, TAKE_BACK_WITHIN)),
    }
}

/// How many sessions of the file are here already, and those that are here and not the same.
fn compare(head: &ImportHead, plan: &Plan, stored: &BTreeMap<SessionId, StoredSession>) -> (u32, Vec<ChangedSession>) {
    let (mut already_here, mut changed) = (0, Vec::new());
    let here = SessionsHere::of(head.athlete, stored.iter().map(|(id, session)| (*id, session.started_at)));
    for session in &plan.sessions {
        let id = ImportIds::of(head.athlete, session.started_at).session();
        let known = stored.get(&id);
        if known.and_then(|known| known.import.as_ref()).is_some_and(|(import, ..)| *import == head.id) {
            continue;
        }
        if here.have(session) {
            already_here += 1;
            continue;
        }
        let Some(known) = known else { continue };
        if known.is_same(&SessionDigest::of(session, &plan.exercises)) {
            already_here += 1;
        } else {
            changed.push(changed_session(id, session, known));
        }
    }
    (already_here, changed)
}

fn changed_session(session_id: SessionId, session: &PlannedSession, here: &StoredSession) -> ChangedSession {
    ChangedSession {
        session_id,
        started_at: session.started_at,
        sets_here: here.sets,
        sets: count(session.sets()),
        replaced: here.is_untouched(),
    }
}

/// A number of rows or of what is in them: there are at most some hundred thousand.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
