//! What athletes have done, over all their sessions: their sets, what they did with an exercise the last time, and
//! estimates of their strength, their bests and statistics.
//!
//! All of it is derived from sessions, and the same in whatever order they come. A corrected value changes everything
//! that follows from it. Deliberately absent: where the sets are kept, which is the server's business.

mod aggregate;
mod bests;
mod done_set;
mod e1rm;
mod facts;
mod new_best;
mod record;
mod stats;
mod units;
mod week;

pub use aggregate::{exercises_of, stats};
pub use bests::Bests;
pub use done_set::{DoneSet, PlacedSet, sets_of};
pub use e1rm::{MAX_EFFECTIVE_REPS, MIN_EFFORT, e1rm_kg};
pub use facts::{ExerciseFacts, Mean, SessionFacts, SetFacts};
pub use new_best::{BestsByExercise, add_facts, new_bests, new_bests_of_session};
pub use record::{Estimate, ExerciseProgress, ExerciseRecord, RECORD_DAYS, last_done, record_start, records};
pub use stats::{
    BestSet, BestVolume, EffortPoint, EffortSeries, EstimateSeries, ExerciseBests, ExerciseVolume, MuscleVolume, Stats,
    StatsExercise, WeekPain, WeekVolume,
};
pub use week::Week;

pub use crate::session::{BestKind, LastDone, NewBest};
