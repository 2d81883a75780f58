//! What athletes have done, over all their sessions: their sets, what they did with an exercise the last time, and
//! estimates of their strength.
//!
//! All of it is derived from sessions, and the same in whatever order they come. A corrected value changes everything
//! that follows from it. Deliberately absent: where the sets are kept, which is the server's business.

mod done_set;
mod e1rm;
mod record;

pub use done_set::{DoneSet, PlacedSet, sets_of};
pub use e1rm::{MAX_EFFECTIVE_REPS, MIN_EFFORT, e1rm_kg};
pub use record::{Estimate, ExerciseProgress, ExerciseRecord, LastDone, RECORD_DAYS, last_done, record_start, records};
