//! The commands on a session, and the context needed to decide them.

use super::feedback::ExerciseReport;
use super::last_done::LastDone;
use super::permit::Permit;
use super::round::RoundPlan;
use super::values::Values;
use super::{Part, Person};
use crate::ids::{ExerciseId, ItemId, RoundId};
use crate::library::Exercise;
use crate::timestamp::Timestamp;

/// What a person wants to do to a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The trainer joins.
    Join,
    /// Either one ends it early.
    Cancel {
        /// Why, in at most 500 characters.
        reason: Option<String>,
    },
    /// The trainer creates a round.
    AddRound {
        /// The round.
        plan: RoundPlan,
        /// Whether it is released in the same act.
        release: bool,
    },
    /// The trainer edits a round that is not completed.
    EditRound {
        /// Which round.
        round: RoundId,
        /// The version the edit is based on.
        version: u64,
        /// What it becomes.
        plan: RoundPlan,
        /// Whether it is released in the same act; only a draft can be.
        release: bool,
    },
    /// The trainer creates a draft anew that was deleted.
    RecreateRound {
        /// Which round.
        round: RoundId,
        /// The number it had. It keeps it, unless another round has it now; then it becomes the last.
        number: u32,
        /// Its last version, after which the versions go on.
        last_version: u64,
        /// What it becomes.
        plan: RoundPlan,
        /// Whether it is released in the same act.
        release: bool,
    },
    /// The trainer deletes a draft.
    DeleteRound {
        /// Which round.
        round: RoundId,
        /// The version the act is based on.
        version: u64,
    },
    /// The trainer puts a draft in front of the athlete.
    ReleaseRound(RoundId),
    /// The trainer takes a released round back.
    RecallRound(RoundId),
    /// The athlete begins.
    StartRound(RoundId),
    /// The athlete ticks an exercise off with what was really done, or takes the tick back.
    LogExercise {
        /// Which round.
        round: RoundId,
        /// Which exercise of it.
        item: ItemId,
        /// What was done; `None` takes the tick back.
        actual: Option<Values>,
    },
    /// The athlete completes a round with feedback for every exercise.
    CompleteRound {
        /// Which round.
        round: RoundId,
        /// One answer for each exercise.
        reports: Vec<ExerciseReport>,
        /// Also allowed if the session was cancelled while the round was out: it was trained before anybody could know.
        late: bool,
    },
    /// Either one corrects what was noted of an exercise, also after the end.
    CorrectExercise {
        /// Which round.
        round: RoundId,
        /// Which exercise of it.
        item: ItemId,
        /// The version of the round that the correction is based on.
        version: u64,
        /// What was really done.
        actual: Values,
        /// Why, in at most 500 characters.
        reason: Option<String>,
    },
}

impl Command {
    /// The same, based on this version, where it is based on one.
    #[must_use]
    pub fn on_version(mut self, on: u64) -> Self {
        if let Self::EditRound { version, .. }
        | Self::DeleteRound { version, .. }
        | Self::CorrectExercise { version, .. } = &mut self
        {
            *version = on;
        }
        self
    }

    /// What permits it.
    pub fn permit(&self) -> Permit {
        match self {
            Self::Join => Permit::Join,
            Self::Cancel { .. } => Permit::Cancel,
            Self::AddRound { .. } | Self::RecreateRound { .. } => Permit::AddRound,
            Self::EditRound { .. } => Permit::EditRound,
            Self::DeleteRound { .. } => Permit::DeleteRound,
            Self::ReleaseRound(_) => Permit::ReleaseRound,
            Self::RecallRound(_) => Permit::RecallRound,
            Self::StartRound(_) => Permit::StartRound,
            Self::LogExercise { .. } => Permit::LogExercise,
            Self::CompleteRound { .. } => Permit::CompleteRound,
            Self::CorrectExercise { .. } => Permit::CorrectExercise,
        }
    }
}

/// Who acts, and in which part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub person: Person,
    /// Their part in this session.
    pub part: Part,
}

/// What a decision needs from its environment.
pub struct Context<'a> {
    /// Now.
    pub at: Timestamp,
    /// Makes a new id, greater than those made before (UUID version 7).
    pub new_id: &'a mut dyn FnMut() -> uuid::Uuid,
    /// The studio's exercise with this id.
    pub exercise: &'a dyn Fn(ExerciseId) -> Option<Exercise>,
    /// What the athlete did with an exercise the last time, as far as it is known.
    pub last: &'a dyn Fn(ExerciseId) -> Option<LastDone>,
}
