//! Committing an import: its exercises are found or created at once, its sessions are stored in steps, and its weights with
//! the last of them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use imports::{ImportIds, ImportedExercise, Plan, PlannedSession, SessionDigest};
use training::imports::{CommitImport, ImportState, MappedExercise};
use training::library::{ExerciseDraft, create, has_room, name_key};
use training::people::{AuditAct, AuditKind, AuditSubject};
use training::weights::WeightLimits;
use training::{Category, Exercise, ExerciseId, Field, FieldCode, Findings, Person, Refusal, Session, Weight};
use uuid::Uuid;

use super::finish::{Changed, finish_and_reset};
use super::here::{SessionsHere, WeightsHere};
use super::plans::find_plan;
use super::{SETS_PER_STEP, lock_at_work, lock_for, not_found, wait_for};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::commands::{commit_and_wake, counted};
use crate::http::{ApiError, Caller};
use crate::store::{CommitRow, ImportHead, ImportedSession, NewSession, Replacement, SessionRow, StoreError, Tx};

/// Commits an import. One that is committed already stays as it is.
pub(crate) async fn commit(
    app: &Arc<App>,
    caller: Caller,
    head: ImportHead,
    request: CommitImport,
) -> Result<(), ApiError> {
    let app = Arc::clone(app);
    run_to_completion(async move {
        counted(&app, &caller, begin(&app, &caller, &head, &request)).await?;
        wait_for(app, head.id).await
    })
    .await
}

/// Decides which exercises are meant, creates those that are new, and stores that the import is being committed.
async fn begin(app: &App, caller: &Caller, head: &ImportHead, request: &CommitImport) -> Result<(), ApiError> {
    let plan = find_plan(app, head.id).await?.ok_or_else(not_found)?;
    let mut tx = app.store.write().await?;
    tx.lock_studio(head.studio).await?;
    let head = lock_for(&mut tx, caller, head).await?;
    match head.state {
        ImportState::DryRun => {}
        ImportState::Committing | ImportState::Committed => return Ok(()),
        _ => return Err(not_found()),
    }
    let library = tx.exercises(head.studio).await?;
    let others = tx.count_weights(head.athlete).await?;
    if others + new_weights(&mut tx, &head, &plan).await?.len() > WeightLimits::MAX_WEIGHTS {
        return Err(Refusal::WeightsFull.into());
    }
    let mapping = mapping(&plan, request, &library)?;
    let at = clock::now();
    let (exercises, created) = resolve(&plan, &mapping, &library)?;
    for exercise in &created {
        let on = AuditSubject { kind: AuditKind::Exercise, id: exercise.id.to_string(), name: exercise.name.clone() };
        tx.record(Some(head.studio), Some(&caller.person()), AuditAct::ExerciseSaved, &on, at).await?;
    }
    tx.add_exercises(head.studio, &created).await?;
    let names = plan.exercises.iter().map(|exercise| exercise.name.as_str());
    tx.remember_mappings(&head, names.zip(exercises.iter().copied())).await?;
    let ids: Vec<ExerciseId> = created.iter().map(|exercise| exercise.id).collect();
    tx.begin_commit(&CommitRow { id: head.id, at, exercises: &exercises, created: &ids }).await?;
    Ok(tx.commit().await?)
}

/// What was chosen for each exercise of the plan: as the request says, else as the dry run did.
fn mapping(plan: &Plan, request: &CommitImport, library: &[Exercise]) -> Result<Vec<Option<ExerciseId>>, Refusal> {
    let known: HashSet<ExerciseId> = library.iter().map(|exercise| exercise.id).collect();
    let places: BTreeMap<&str, usize> =
        plan.exercises.iter().enumerate().map(|(at, exercise)| (exercise.name.as_str(), at)).collect();
    // One that was found by the dry run is perhaps gone.
    let found = |exercise: &ImportedExercise| exercise.exercise_id.filter(|id| known.contains(id));
    let mut mapping: Vec<_> = plan.exercises.iter().map(found).collect();
    let mut named = HashSet::new();
    let mut findings = Findings::default();
    for (i, MappedExercise { name, exercise_id }) in request.mapping.iter().enumerate() {
        let pointer = |field: &str| format!("/mapping/{i}/{field}");
        match places.get(name.as_str()) {
            None => findings.add_mismatch(pointer("name"), FieldCode::UnknownReference),
            Some(at) if !named.insert(*at) => findings.add(pointer("name"), FieldCode::Duplicate),
            Some(_) if exercise_id.is_some_and(|id| !known.contains(&id)) => {
                findings.add_mismatch(pointer("exercise_id"), FieldCode::UnknownReference);
            }
            Some(at) => mapping[*at] = *exercise_id,
        }
    }
    findings.into_result()?;
    Ok(mapping)
}

/// The exercise for each of the plan, and those of them that are new: archived ones of category own. Where the library has
/// one of that name already, it is that one.
fn resolve(
    plan: &Plan,
    mapping: &[Option<ExerciseId>],
    library: &[Exercise],
) -> Result<(Vec<ExerciseId>, Vec<Exercise>), Refusal> {
    let mut by_name: BTreeMap<String, ExerciseId> =
        library.iter().map(|exercise| (name_key(&exercise.name), exercise.id)).collect();
    let (mut exercises, mut created) = (Vec::with_capacity(mapping.len()), Vec::new());
    for (planned, chosen) in plan.exercises.iter().zip(mapping) {
        if let Some(id) = chosen.or_else(|| by_name.get(&name_key(&planned.name)).copied()) {
            exercises.push(id);
            continue;
        }
        has_room(library.len() + created.len())?;
        let exercise = create(ExerciseId(Uuid::now_v7()), &draft(planned), false)?;
        by_name.insert(name_key(&exercise.name), exercise.id);
        exercises.push(exercise.id);
        created.push(Exercise { archived: true, ..exercise });
    }
    Ok((exercises, created))
}

fn draft(planned: &ImportedExercise) -> ExerciseDraft {
    let fields = [planned.fields.as_slice(), &[Field::Effort, Field::Notes]].concat();
    ExerciseDraft {
        name: planned.name.clone(),
        category: Category::Own,
        fields,
        aliases: Vec::new(),
        muscles: Vec::new(),
        cue: None,
    }
}

/// Stores the sessions that are not stored yet.
pub(super) async fn go_on(app: &Arc<App>, head: &ImportHead) -> Result<(), ApiError> {
    let Some(plan) = find_plan(app, head.id).await? else { return Ok(()) };
    loop {
        let mut tx = app.store.write().await?;
        let Some(head) = lock_at_work(&mut tx, head).await? else { return Ok(()) };
        let next = next_step(&plan, head.done);
        if next.is_empty() {
            break finish(app, tx, &head, &plan).await;
        }
        step(&mut tx, &head, &plan, next).await?;
        tx.set_import_state(head.id, head.state, head.done + next.len()).await?;
        tx.commit().await?;
    }
}

/// The sessions of the next step.
fn next_step(plan: &Plan, done: usize) -> &[PlannedSession] {
    let rest = plan.sessions.get(done..).unwrap_or_default();
    let mut sets = 0;
    let count = rest
        .iter()
        .take_while(|planned| {
            let has_room = sets < SETS_PER_STEP;
            sets += planned.sets();
            has_room
        })
        .count();
    &rest[..count]
}

/// Stores sessions.
async fn step(tx: &mut Tx, head: &ImportHead, plan: &Plan, next: &[PlannedSession]) -> Result<(), StoreError> {
    let account = tx.account(head.athlete).await?;
    // They can't be deleted meanwhile: an import that is being committed uses them.
    let mapped = tx.exercises_in_order(head.studio, &head.exercises).await?;
    let athlete = Person { id: head.athlete, name: account.name };
    // A session without a trainer is the athlete's alone.
    let trainer = account.trainer.map_or(head.athlete, |trainer| trainer.id);
    let (mut new, mut known) = (Vec::new(), Vec::new());
    // All of them are locked before the first one is stored, which locks the records.
    let is_export = next.iter().any(|planned| planned.original.is_some());
    let starts = if is_export { tx.session_starts(head.athlete).await? } else { Vec::new() };
    let here = SessionsHere::of(head.athlete, starts);
    for planned in next {
        let session = planned.session(athlete.clone(), &plan.exercises, &mapped);
        if here.have(planned) {
            continue;
        }
        let digest = SessionDigest::of(planned, &plan.exercises);
        match tx.lock_session(session.id).await? {
            None => new.push((session, digest)),
            Some(row) => known.push((row, session, digest)),
        }
    }
    let (mut imported, mut replacements) = (Vec::new(), Vec::new());
    for (session, digest) in new {
        tx.add_session(&NewSession { session: &session, studio: head.studio, trainer }).await?;
        let (version, session) = (session.version, session.id);
        imported.push(ImportedSession { session, seq: 0, import: head.id, digest, version, replaced: None });
    }
    for (row, session, digest) in known {
        if let Some((session, replacement)) = replace(tx, head, row, session, digest).await? {
            imported.push(session);
            replacements.push(replacement);
        }
    }
    tx.replace_sessions(head.athlete, replacements).await?;
    tx.add_imported_sessions(&imported).await
}

/// Replaces a session that is here already, unless the file says the same, or it was corrected here since.
async fn replace(
    tx: &mut Tx,
    head: &ImportHead,
    row: SessionRow,
    session: Session,
    digest: SessionDigest,
) -> Result<Option<(ImportedSession, Replacement)>, StoreError> {
    let Some(before) = tx.imported_session(session.id).await? else { return Ok(None) };
    if before.digest.agrees_with(&digest) || before.version != row.session.version {
        return Ok(None);
    }
    let after = at_version(session, row.session.version + 1);
    let imported = ImportedSession {
        session: after.id,
        seq: before.seq + 1,
        import: head.id,
        digest,
        version: after.version,
        replaced: Some(row.session.clone()),
    };
    Ok(Some((imported, Replacement { row, after: Some(after) })))
}

/// A session in another version, each round of which is another one too.
pub(super) fn at_version(mut session: Session, version: u64) -> Session {
    session.version = version;
    for round in &mut session.rounds {
        round.version = version;
    }
    session
}

/// The weights of a file that are not here. One that the athlete has corrected or deleted since stays as it is.
async fn new_weights(tx: &mut Tx, head: &ImportHead, plan: &Plan) -> Result<Vec<Weight>, StoreError> {
    if plan.weights.is_empty() {
        return Ok(Vec::new());
    }
    let here = WeightsHere::of(tx.weights_known(head.athlete, head.id).await?);
    let new = plan.weights.iter().filter(|planned| !here.have(head.athlete, planned));
    let weights = new.map(|planned| Weight {
        id: ImportIds::of(head.athlete, planned.at).weight(),
        athlete_id: head.athlete,
        weight_kg: planned.weight_kg,
        at: planned.at,
        note: planned.note.clone(),
        version: 1,
    });
    Ok(weights.collect())
}

/// Stores the weights, works the records out, and tells everybody once.
async fn finish(app: &Arc<App>, mut tx: Tx, head: &ImportHead, plan: &Plan) -> Result<(), ApiError> {
    let weights = new_weights(&mut tx, head, plan).await?;
    tx.add_weights(&weights, Some(head.id)).await?;
    tx.set_import_state(head.id, ImportState::Committed, 0).await?;
    let changed = Changed { sessions: tx.has_imported_sessions(head.id).await?, weights: !weights.is_empty() };
    let by_person = finish_and_reset(&mut tx, head, &changed).await?;
    commit_and_wake(app, tx, by_person).await
}
