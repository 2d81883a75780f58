//! A session: one athlete, one trainer, rounds. Its types, its rules ([`start`], [`decide()`]) and its events.

mod command;
mod correction;
mod decide;
mod erase;
mod event;
mod feedback;
mod fold;
mod last_done;
mod new_best;
mod permit;
mod plan;
mod planned;
mod record;
mod round;
mod summary;
mod values;

use serde::{Deserialize, Serialize};

pub use command::{Actor, Command, Context};
pub use correction::Correction;
pub use decide::{cancel_for_studio, check_start, decide, json_bytes, start};
pub use event::{SessionChange, SessionEvent, SessionEventName};
pub(crate) use feedback::check_text;
pub use feedback::{ExerciseReport, Feedback, MAX_NOTE_CHARS, Region};
pub use fold::{Folded, Sessions, apply, fold};
pub use last_done::LastDone;
pub use new_best::{BestKind, NewBest};
pub use permit::{Permit, Permits};
pub use planned::{ExerciseKind, Load, PlannedValues};
pub use record::{RecordedExercise, RecordedFeedback, RecordedRound, Recording, SessionRecord, record};
pub use round::{PlannedExercise, Round, RoundExercise, RoundPlan, RoundStatus};
pub use summary::{RoundCounts, SessionSummary};
pub use values::Values;

use crate::ids::{RoundId, SessionId, UserId};
use crate::timestamp::Timestamp;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where a session stands.
    SessionStatus {
        /// The athlete waits for the trainer.
        Waiting = "waiting",
        /// The trainer has joined.
        Active = "active",
        /// The final round was completed.
        Completed = "completed",
        /// One of the two ended it early.
        Cancelled = "cancelled",
    }
}

impl SessionStatus {
    /// Whether anything may still happen.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Active)
    }
}

vocabulary! {
    /// Which part a person plays in a session.
    Part {
        /// Does the exercises.
        Athlete = "athlete",
        /// Plans and releases them.
        Trainer = "trainer",
    }
}

/// A person as the other one sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
}

/// Who ended a session early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CancelledBy {
    /// Their id.
    pub id: UserId,
    /// The part they played.
    pub role: Part,
}

/// A training session with its rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Where it stands.
    pub status: SessionStatus,
    /// Who trains.
    pub athlete: Person,
    /// Who joined to lead it.
    pub trainer: Option<Person>,
    /// When the athlete started it.
    pub started_at: Timestamp,
    /// When the trainer joined.
    pub joined_at: Option<Timestamp>,
    /// When it was completed or cancelled.
    pub ended_at: Option<Timestamp>,
    /// Who cancelled it; nobody of the two if one of them can't take part any more.
    pub cancelled_by: Option<CancelledBy>,
    /// Why it was cancelled, in their words.
    pub cancel_reason: Option<String>,
    /// Its rounds by number. The athlete's copy holds no drafts.
    pub rounds: Vec<Round>,
    /// Whether it happened without Ringside and was entered afterwards. Servers before this field say nothing.
    #[serde(default)]
    pub recorded: bool,
    /// Whether it comes from a file of another tracker. Servers before this field say nothing.
    #[serde(default)]
    pub imported: bool,
    /// Grows by one with every event of this session.
    pub version: u64,
}

impl Session {
    /// Most rounds in a session; deleted drafts don't count.
    pub const MAX_ROUNDS: usize = 200;
    /// How large the whole session may become by planning, in bytes of its JSON. Every command reads and writes all of
    /// it, and every snapshot holds it. What the athlete enters is never refused for its size: each exercise bounds it.
    pub const MAX_PLANNED_BYTES: usize = 512 * 1024;

    /// The round with this id.
    pub fn round(&self, id: RoundId) -> Option<&Round> {
        self.rounds.iter().find(|round| round.id == id)
    }

    /// The round in front of the athlete, if one is out.
    pub fn round_out(&self) -> Option<&Round> {
        self.rounds.iter().find(|round| round.is_out())
    }

    /// The part that a person who can see it has in it.
    pub fn part_of(&self, person: UserId) -> Part {
        if self.athlete.id == person { Part::Athlete } else { Part::Trainer }
    }

    /// The session as `part` may see it: an athlete never sees a draft.
    #[must_use]
    pub fn seen_by(mut self, part: Part) -> Self {
        if part == Part::Athlete {
            self.rounds.retain(|round| round.status != RoundStatus::Draft);
        }
        self
    }
}
