//! Committing an import: its exercises are found or created at once, its sessions are stored in steps, and its weights with
//! the last of them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use imports::{ImportIds, ImportedExercise, Plan, PlannedSession, session_digest};
use training::imports::{CommitImport, ImportState, MappedExercise};
use training::library::{ExerciseDraft, create, has_room, name_key};
use training::people::{AuditAct, AuditKind, AuditSubject};
use training::weights::WeightLimits;
use training::{
    Category, Exercise, ExerciseId, Field, FieldCode, Findings, ImportId, Person, ProblemCode, Refusal, Session,
    SessionId, Timestamp, Weight,
};
use uuid::Uuid;

use super::{SETS_PER_STEP, lock_athlete};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::commands::{EventsByPerson, LaterSessions, commit_and_wake};
use crate::http::{ApiError, Caller};
use crate::store::{CommitRow, ImportHead, ImportedSession, NewSession, SessionPlace, StoreError, Tx};

/// How long a request waits for the sessions to be stored. Afterwards they still are.
const WAIT: Duration = Duration::from_secs(25);

/// Commits an import. One that is committed already stays as it is.
pub(crate) async fn commit(
    app: &Arc<App>,
    caller: Caller,
    id: ImportId,
    request: CommitImport,
) -> Result<(), ApiError> {
    let app = Arc::clone(app);
    run_to_completion(async move {
        begin(&app, &caller, id, &request).await?;
        let work = tokio::spawn(async move { go_on(&app, id).await });
        // It is not ended by that.
        match tokio::time::timeout(WAIT, work).await {
            Ok(done) => done.map_err(ApiError::internal)?,
            Err(_elapsed) => Ok(()),
        }
    })
    .await
}

/// Decides which exercises are meant, creates those that are new, and stores that the import is being committed.
async fn begin(app: &Arc<App>, caller: &Caller, id: ImportId, request: &CommitImport) -> Result<(), ApiError> {
    let not_found = || ApiError::new(ProblemCode::NotFound);
    let plan = app.store.import_plan(id).await?.ok_or_else(not_found)?;
    let mut tx = app.store.write().await?;
    // The library first, and then the athlete: in this order everybody locks who needs both.
    tx.lock_studio(caller.account.studio.id).await?;
    let head = tx.lock_import(id).await?.ok_or_else(not_found)?;
    lock_athlete(&mut tx, caller, head.athlete).await?;
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
    tx.remember_mappings(head.studio, plan.format, names.zip(exercises.iter().copied())).await?;
    let ids: Vec<ExerciseId> = created.iter().map(|exercise| exercise.id).collect();
    tx.begin_commit(&CommitRow { id, at, exercises: &exercises, created: &ids }).await?;
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
pub(super) async fn go_on(app: &Arc<App>, id: ImportId) -> Result<(), ApiError> {
    let Some(plan) = app.store.import_plan(id).await? else { return Ok(()) };
    loop {
        let mut tx = app.store.write().await?;
        let Some(head) = tx.lock_import(id).await?.filter(|head| head.state == ImportState::Committing) else {
            return Ok(());
        };
        if head.done >= plan.sessions.len() {
            return finish(app, tx, &head, &plan).await;
        }
        let done = step(&mut tx, &head, &plan).await?;
        tx.set_import_state(id, ImportState::Committing, done).await?;
        tx.commit().await?;
    }
}

/// Stores the next sessions; returns how many are stored now.
async fn step(tx: &mut Tx, head: &ImportHead, plan: &Plan) -> Result<usize, StoreError> {
    let account = tx.account(head.athlete).await?;
    // They can't be deleted meanwhile: an import that is being committed uses them.
    let mapped = tx.exercises_in_order(head.studio, &head.exercises).await?;
    let athlete = Person { id: head.athlete, name: account.name };
    // A session without a trainer is the athlete's alone.
    let trainer = account.trainer.map_or(head.athlete, |trainer| trainer.id);
    let (mut done, mut sets) = (head.done, 0);
    while let Some(planned) = plan.sessions.get(done)
        && sets < SETS_PER_STEP
    {
        let session = planned.session(athlete.clone(), &plan.exercises, &mapped);
        let new = NewSession { session: &session, studio: head.studio, trainer };
        store(tx, head.id, &new, session_digest(planned, &plan.exercises)).await?;
        done += 1;
        sets += PlannedSession::sets(planned);
    }
    Ok(done)
}

/// Stores a session, unless it is here already and the file says the same, or it was corrected here since.
async fn store(tx: &mut Tx, import: ImportId, new: &NewSession<'_>, digest: String) -> Result<(), StoreError> {
    let session = new.session.id;
    let Some(row) = tx.lock_session(session).await? else {
        tx.add_session(new).await?;
        let version = new.session.version;
        return tx
            .add_imported_session(&ImportedSession { session, seq: 0, import, digest, version, replaced: None })
            .await;
    };
    let Some(before) = tx.imported_session(session).await? else { return Ok(()) };
    if before.digest == digest || before.version != row.session.version {
        return Ok(());
    }
    let replaced = row.session.clone();
    let after = at_version(new.session.clone(), replaced.version + 1);
    tx.replace_session(row, &after).await?;
    let (seq, version) = (before.seq + 1, after.version);
    tx.add_imported_session(&ImportedSession { session, seq, import, digest, version, replaced: Some(replaced) }).await
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
    let known = tx.weight_ids(head.athlete).await?;
    let weights = plan.weights.iter().map(|planned| Weight {
        id: ImportIds::of(head.athlete, planned.at).weight(),
        athlete_id: head.athlete,
        weight_kg: planned.weight_kg,
        at: planned.at,
        note: planned.note.clone(),
        version: 1,
    });
    Ok(weights.filter(|weight| !known.contains(&weight.id)).collect())
}

/// Stores the weights, works the records out, and tells everybody once.
async fn finish(app: &Arc<App>, mut tx: Tx, head: &ImportHead, plan: &Plan) -> Result<(), ApiError> {
    let weights = new_weights(&mut tx, head, plan).await?;
    tx.add_weights(&weights, Some(head.id)).await?;
    tx.set_import_state(head.id, ImportState::Committed, 0).await?;
    let by_person = told_once(&mut tx, head).await?;
    commit_and_wake(app, tx, by_person).await
}

/// Works out the athlete's records; returns one reset for everybody whom the import concerns: both people, and the staff
/// if it has created exercises.
pub(super) async fn told_once(tx: &mut Tx, head: &ImportHead) -> Result<EventsByPerson, StoreError> {
    let at = clock::now();
    // What is imported lies in the past, and may make wrong what a later session says it beat.
    let beginning = SessionPlace { at: Timestamp::from_millisecond(0).unwrap_or(at), id: SessionId(Uuid::nil()) };
    let later = LaterSessions::lock(tx, head.athlete, beginning).await?;
    // Also those of which a session was replaced that had them.
    let mut exercises = tx.exercises_on_record(head.athlete).await?;
    exercises.extend(&head.exercises);
    // The snapshot that everybody takes has the records.
    tx.update_records(head.athlete, &exercises, at).await?;
    let mut people = BTreeSet::from([head.athlete]);
    people.extend(tx.trainer_of(head.athlete).await?);
    if !head.created.is_empty() {
        people.extend(tx.staff_of(head.studio).await?);
    }
    let mut by_person = EventsByPerson::default();
    later.correct_bests(tx, &exercises, at, &mut by_person).await?;
    for person in people {
        by_person.reset(person, at);
    }
    Ok(by_person)
}
