//! The studio's exercises and their videos.

use training::library::{ExerciseDraft, UsedIn};
use training::{EntityRef, Exercise, ExerciseId, Kind, Refusal};

use crate::agent::Agent;
use crate::bridge::{Failure, LibraryCalls, StagedFile, StagedFileId};
use crate::context::GivenVideo;
use crate::context::acts::Subject;
use crate::outbox::acts::{
    Act, ArchiveExercise, CreateExercise, EditExercise, RecreateExercise, RemoveExerciseVideo, RestoreExercise,
};

impl LibraryCalls for Agent {
    async fn create_exercise(&self, draft: ExerciseDraft) -> Result<Exercise, Failure> {
        let created = self.context.acts.perform(Subject::New(Kind::Exercise), |_| Ok(CreateExercise { draft }.into()));
        created.await?.entity()
    }

    async fn edit_exercise(
        &self,
        exercise_id: ExerciseId,
        version: u64,
        draft: ExerciseDraft,
    ) -> Result<Exercise, Failure> {
        let edited = self
            .context
            .acts
            .on::<Exercise>(exercise_id, |known| Ok(EditExercise { draft, base: described(known, version)? }.into()));
        edited.await?.entity()
    }

    async fn archive_exercise(&self, exercise_id: ExerciseId, version: u64) -> Result<(), Failure> {
        let archived = self
            .context
            .acts
            .on::<Exercise>(exercise_id, |known| Ok(ArchiveExercise { base: described(known, version)? }.into()));
        archived.await.map(drop)
    }

    async fn restore_exercise(&self, exercise: Exercise) -> Result<Exercise, Failure> {
        let subject = EntityRef::of::<Exercise>(exercise.id);
        // An act that was never sent need not be undone on the server.
        if self.context.acts.withdraw(subject, |act| matches!(act, Act::ArchiveExercise(_))).await? {
            return Ok(Exercise { archived: false, ..exercise });
        }
        let draft = ExerciseDraft::from(&exercise);
        let restored = self.context.acts.perform(Subject::Known(subject), |known| {
            Ok(match known {
                Some(_) => RestoreExercise { draft }.into(),
                None => RecreateExercise { exercise: exercise.id, draft }.into(),
            })
        });
        restored.await?.entity()
    }

    async fn archived_exercises(&self) -> Result<Vec<Exercise>, Failure> {
        Ok(self.context.api().archived_exercises().await?)
    }

    async fn exercise_use(&self, exercise_id: ExerciseId) -> Result<UsedIn, Failure> {
        Ok(self.context.api().exercise_use(exercise_id).await?)
    }

    async fn stage_file(&self, size_bytes: u64) -> Result<StagedFile, Failure> {
        Ok(StagedFile { id: self.context.uploads.stage(size_bytes).await? })
    }

    async fn discard_file(&self, file: StagedFileId) -> Result<(), Failure> {
        self.context.uploads.staging.discard(file);
        Ok(())
    }

    async fn set_exercise_video(
        &self,
        exercise_id: ExerciseId,
        name: String,
        media_type: String,
        video: StagedFileId,
        poster: Option<StagedFileId>,
    ) -> Result<(), Failure> {
        self.context.uploads.give(exercise_id, GivenVideo { name, media_type, video, poster }).await
    }

    async fn cancel_video_upload(&self, exercise_id: ExerciseId) -> Result<(), Failure> {
        self.context.uploads.cancel(exercise_id).await
    }

    async fn remove_exercise_video(&self, exercise_id: ExerciseId) -> Result<(), Failure> {
        let removed = self.context.acts.on::<Exercise>(exercise_id, |known| {
            Ok(RemoveExerciseVideo { base: known.video.as_ref().map(|video| video.id) }.into())
        });
        removed.await.map(drop)
    }
}

/// The exercise's content, if it has the version the window referred to.
fn described(known: &Exercise, version: u64) -> Result<ExerciseDraft, Failure> {
    if known.version == version { Ok(known.into()) } else { Err(Refusal::VersionMismatch.into()) }
}
