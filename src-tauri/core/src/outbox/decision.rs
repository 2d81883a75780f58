//! The inputs to deciding an act locally, besides its subject.

use training::wire::Account;
use training::{ActIds, Exercise, ExerciseId, LastDone, Person, Timestamp, UserId};
use uuid::Uuid;

/// See the module.
pub(crate) struct DecisionContext<'a> {
    pub(crate) me: &'a Account,
    pub(crate) at: Timestamp,
    key: Uuid,
    known: &'a dyn Known,
}

/// What an act looks up, as it is when the act is done.
pub(crate) trait Known {
    /// An exercise.
    fn exercise(&self, id: ExerciseId) -> Option<Exercise>;

    /// Whether an exercise other than `but` has this name.
    fn is_named(&self, name: &str, but: Option<ExerciseId>) -> bool;

    /// What an athlete did with an exercise the last time, if that is known and not long ago.
    fn last_done(&self, athlete: UserId, exercise: ExerciseId) -> Option<LastDone>;

    /// Whether an athlete is assigned to the person.
    fn trains(&self, athlete: UserId) -> bool;
}

impl<'a> DecisionContext<'a> {
    /// For the act with this idempotency key, done by `me` at this time.
    pub(crate) fn new(me: &'a Account, at: Timestamp, key: Uuid, known: &'a dyn Known) -> Self {
        Self { me, at, key, known }
    }

    /// Who acts, as others see them.
    pub(crate) fn person(&self) -> Person {
        Person { id: self.me.id, name: self.me.name.clone() }
    }

    /// The ids of what the act creates.
    pub(crate) fn ids(&self) -> ActIds {
        ActIds::of(self.key).expect("an act's key is a UUID of version 7")
    }

    /// An exercise, projected.
    pub(crate) fn exercise(&self, id: ExerciseId) -> Option<Exercise> {
        self.known.exercise(id)
    }

    /// Whether an exercise other than `but` has this name.
    pub(crate) fn is_exercise_named(&self, name: &str, but: Option<ExerciseId>) -> bool {
        self.known.is_named(name, but)
    }

    /// What an athlete did with an exercise the last time, if that is known and not long ago.
    pub(crate) fn last_done(&self, athlete: UserId, exercise: ExerciseId) -> Option<LastDone> {
        self.known.last_done(athlete, exercise)
    }

    /// Whether an athlete is assigned to whoever acts.
    pub(crate) fn trains(&self, athlete: UserId) -> bool {
        self.known.trains(athlete)
    }
}
