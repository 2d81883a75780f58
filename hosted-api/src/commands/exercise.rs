//! Maintaining the exercise library: trainers and admins create, edit, archive and restore.

use training::library::{ExerciseDraft, ExerciseState, archive, create, edit, has_room, recreate, restore};
use training::people::{AuditAct, AuditKind, AuditSubject};
use training::{Entity, EntityRef, Event, Exercise, ExerciseId, Refusal, StudioId};
use uuid::Uuid;

use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller, IfMatch};
use crate::store::{StoreError, Tx};

/// Creates an exercise.
pub(crate) struct CreateExercise(pub(crate) ExerciseDraft);

/// Edits an exercise, based on the version it names. On version 0 it recreates one that was deleted.
pub(crate) struct EditExercise(pub(crate) ExerciseId, pub(crate) IfMatch, pub(crate) ExerciseDraft);

/// Archives an exercise, based on the version it names; one that nothing uses is deleted.
pub(crate) struct ArchiveExercise(pub(crate) ExerciseId, pub(crate) IfMatch);

/// Restores an archived exercise.
pub(crate) struct RestoreExercise(pub(crate) ExerciseId);

impl Command for CreateExercise {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be_staff()
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let studio = context.caller.account.studio.id;
        tx.lock_studio(studio).await?;
        let mut id = ExerciseId(context.new_id());
        if tx.exercise_id_exists(id).await? {
            // Only happens if a client chose its key to collide.
            id = ExerciseId(Uuid::now_v7());
        }
        let is_taken = tx.is_exercise_name_taken(studio, &self.0.name, None).await?;
        let exercise = create(id, &self.0, is_taken)?;
        created(tx, context, exercise).await
    }
}

impl Command for EditExercise {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be_staff()
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version, draft) = self;
        let studio = context.caller.account.studio.id;
        tx.lock_studio(studio).await?;
        let is_taken = tx.is_exercise_name_taken(studio, &draft.name, Some(id)).await?;
        let Some(before) = tx.exercise(studio, id).await? else {
            // Another studio's exercise does not exist for this one, and its id can't be used to create one.
            if tx.exercise_id_exists(id).await? || !version.is_given() {
                return Err(Refusal::NotFound.into());
            }
            let exercise = recreate(id, version.version()?, &draft, is_taken)?;
            let exercise = Exercise { video: tx.video_of_deleted(studio, id).await?, ..exercise };
            return created(tx, context, exercise).await;
        };
        let state = ExerciseState { exercise: &before, based_on: Some(version.version()?) };
        let exercise = edit(state, &draft, is_taken)?;
        changed(tx, context, exercise).await
    }
}

impl Command for ArchiveExercise {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be_staff()
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version) = self;
        let studio = context.caller.account.studio.id;
        let before = locked(tx, studio, id).await?;
        let exercise = archive(ExerciseState { exercise: &before, based_on: Some(version.version()?) })?;
        if !tx.is_exercise_in_use(studio, id).await? {
            tx.delete_exercises(&[id]).await?;
            let gone = Event::Removed { at: clock::now(), entity: EntityRef::of::<Exercise>(id) };
            record(tx, context, AuditAct::ExerciseDeleted, &before).await?;
            return Ok(Outcome::new(Answer::gone(), EventsByPerson::for_all(tx.staff_of(studio).await?, &gone)));
        }
        if exercise == before { unchanged(&exercise) } else { changed(tx, context, exercise).await }
    }
}

impl Command for RestoreExercise {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be_staff()
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let studio = context.caller.account.studio.id;
        let before = locked(tx, studio, self.0).await?;
        let exercise = restore(&before);
        if exercise == before { unchanged(&exercise) } else { changed(tx, context, exercise).await }
    }
}

/// The exercise, if it is the studio's. Locks the studio first, so that no two exercises get the same name at once.
pub(super) async fn locked(tx: &mut Tx, studio: StudioId, id: ExerciseId) -> Result<Exercise, CommandError> {
    tx.lock_studio(studio).await?;
    Ok(tx.exercise(studio, id).await?.ok_or(Refusal::NotFound)?)
}

async fn created(tx: &mut Tx, context: &CommandContext, exercise: Exercise) -> Result<Outcome, CommandError> {
    let studio = context.caller.account.studio.id;
    has_room(tx.count_exercises(studio).await?)?;
    record(tx, context, AuditAct::ExerciseSaved, &exercise).await?;
    tx.add_exercise(studio, &exercise).await?;
    let answer = Answer::created(&exercise, Some(exercise.version()))?;
    Ok(Outcome::new(answer, saved(tx, studio, exercise).await?))
}

async fn changed(tx: &mut Tx, context: &CommandContext, exercise: Exercise) -> Result<Outcome, CommandError> {
    let studio = context.caller.account.studio.id;
    let act = if exercise.archived { AuditAct::ExerciseArchived } else { AuditAct::ExerciseSaved };
    record(tx, context, act, &exercise).await?;
    tx.save_exercise(&exercise).await?;
    let answer = Answer::changed(&exercise, Some(exercise.version()))?;
    Ok(Outcome::new(answer, saved(tx, studio, exercise).await?))
}

/// Nothing changed, so nothing is announced.
pub(super) fn unchanged(exercise: &Exercise) -> Result<Outcome, CommandError> {
    Ok(Outcome::new(Answer::changed(exercise, Some(exercise.version()))?, EventsByPerson::default()))
}

pub(super) async fn saved(tx: &mut Tx, studio: StudioId, exercise: Exercise) -> Result<EventsByPerson, StoreError> {
    let event = Event::Saved { at: clock::now(), document: exercise.into() };
    Ok(EventsByPerson::for_all(tx.staff_of(studio).await?, &event))
}

pub(super) async fn record(
    tx: &mut Tx,
    context: &CommandContext,
    act: AuditAct,
    exercise: &Exercise,
) -> Result<(), StoreError> {
    let on = AuditSubject { kind: AuditKind::Exercise, id: exercise.id.to_string(), name: exercise.name.clone() };
    tx.record(Some(context.caller.account.studio.id), Some(&context.caller.person()), act, &on, clock::now()).await
}
