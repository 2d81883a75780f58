//! The inputs to deciding an act locally, besides its subject.

use training::wire::Account;
use training::{ActIds, Exercise, ExerciseId, Timestamp};
use uuid::Uuid;

/// See the module.
pub(crate) struct DecisionContext<'a> {
    pub(crate) me: &'a Account,
    pub(crate) at: Timestamp,
    key: Uuid,
    exercises: &'a dyn Exercises,
}

/// The exercises as they are when the act is done.
pub(crate) trait Exercises {
    /// An exercise.
    fn exercise(&self, id: ExerciseId) -> Option<Exercise>;

    /// Whether an exercise other than `but` has this name.
    fn is_named(&self, name: &str, but: Option<ExerciseId>) -> bool;
}

impl<'a> DecisionContext<'a> {
    /// For the act with this idempotency key, done by `me` at this time.
    pub(crate) fn new(me: &'a Account, at: Timestamp, key: Uuid, exercises: &'a dyn Exercises) -> Self {
        Self { me, at, key, exercises }
    }

    /// The ids of what the act creates.
    pub(crate) fn ids(&self) -> ActIds {
        ActIds::of(self.key).expect("an act's key is a UUID of version 7")
    }

    /// An exercise, projected.
    pub(crate) fn exercise(&self, id: ExerciseId) -> Option<Exercise> {
        self.exercises.exercise(id)
    }

    /// Whether an exercise other than `but` has this name.
    pub(crate) fn is_exercise_named(&self, name: &str, but: Option<ExerciseId>) -> bool {
        self.exercises.is_named(name, but)
    }
}
