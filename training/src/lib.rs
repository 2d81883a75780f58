//! The language of a live training session: its types, its rules and its events.
//!
//! Pure code: no I/O, no clock, no randomness. The server decides with it ([`start`], [`decide`]); a desktop folds
//! events with it ([`fold`]) and checks commands with it. A rule exists here once and nowhere else.
//!
//! Deliberately absent: how accounts, tokens and feeds are kept, which is the server's (only what travels of them is here, in
//! [`wire`]), and anything a window shows.

mod command;
mod decide;
mod event;
mod exercise;
mod feedback;
mod fold;
mod ids;
mod plan;
mod problem;
mod refusal;
mod round;
mod session;
mod timestamp;
pub mod wire;

pub use command::{Actor, Command, Context};
pub use decide::{decide, start};
pub use event::{Envelope, Event, EventName, Recorded};
pub use exercise::{Category, Exercise, Field, MAX_EFFORT, Values};
pub use feedback::{ExerciseReport, Feedback, MAX_NOTE_CHARS, Region};
pub use fold::{Folded, Sessions, apply, fold};
pub use ids::{ActIds, ExerciseId, ItemId, RoundId, SessionId, StudioId, UserId, VideoId};
pub use problem::{Problem, ProblemCode};
pub use refusal::{FieldCode, FieldProblem, Findings, Refusal};
pub use round::{PlannedExercise, Round, RoundExercise, RoundPlan, RoundStatus};
pub use session::{CancelledBy, Part, Person, Session, SessionStatus};
pub use timestamp::Timestamp;
