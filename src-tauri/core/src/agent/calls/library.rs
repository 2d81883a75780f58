//! The studio's exercises.

use training::library::ExerciseDraft;
use training::{EntityRef, Exercise, ExerciseId, Kind, Refusal};

use crate::agent::Agent;
use crate::bridge::{Failure, LibraryCalls};
use crate::outbox::acts::{Act, ArchiveExercise, CreateExercise, EditExercise, RecreateExercise, RestoreExercise};
use crate::shared::acts::{Acted, Subject};

impl LibraryCalls for Agent {
    async fn create_exercise(&self, draft: ExerciseDraft) -> Result<Exercise, Failure> {
        exercise(self.shared.act(Subject::New(Kind::Exercise), |_| Ok(CreateExercise { draft }.into())).await?)
    }

    async fn edit_exercise(
        &self,
        exercise_id: ExerciseId,
        version: u64,
        draft: ExerciseDraft,
    ) -> Result<Exercise, Failure> {
        let edited = self
            .shared
            .act_on_exercise(exercise_id, |known| Ok(EditExercise { draft, base: described(known, version)? }.into()));
        exercise(edited.await?)
    }

    async fn archive_exercise(&self, exercise_id: ExerciseId, version: u64) -> Result<(), Failure> {
        let archived = self
            .shared
            .act_on_exercise(exercise_id, |known| Ok(ArchiveExercise { base: described(known, version)? }.into()));
        archived.await.map(drop)
    }

    async fn restore_exercise(&self, exercise: Exercise) -> Result<Exercise, Failure> {
        let subject = EntityRef::of::<Exercise>(exercise.id);
        // An act that was never sent need not be undone on the server.
        if self.shared.take_back(subject, |act| matches!(act, Act::ArchiveExercise(_))).await? {
            return Ok(Exercise { archived: false, ..exercise });
        }
        let draft = ExerciseDraft::from(&exercise);
        let restored = self.shared.act(Subject::Known(subject), |known| {
            Ok(match known {
                Some(_) => RestoreExercise { draft }.into(),
                None => RecreateExercise { exercise: exercise.id, draft }.into(),
            })
        });
        self::exercise(restored.await?)
    }

    async fn archived_exercises(&self) -> Result<Vec<Exercise>, Failure> {
        Ok(self.shared.api().archived_exercises().await?)
    }
}

/// The exercise that an act resulted in.
fn exercise(acted: Acted) -> Result<Exercise, Failure> {
    let exercise = acted.document.and_then(|document| document.try_into().ok());
    exercise.ok_or_else(|| Refusal::NotFound.into())
}

/// The exercise's content, if it has the version the window referred to.
fn described(known: &Exercise, version: u64) -> Result<ExerciseDraft, Failure> {
    if known.version == version { Ok(known.into()) } else { Err(Refusal::VersionMismatch.into()) }
}
