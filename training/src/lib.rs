//! The language of a live training session: its types, its rules and its events.
//!
//! Pure code: no I/O, no clock, no randomness. The server decides with it ([`start`], [`decide`]); a desktop folds
//! events with it ([`fold`]) and checks commands with it. A rule exists here once and nowhere else.
//!
//! Deliberately absent: how accounts, tokens and feeds are stored, which is the server's job (only their wire format is
//! here, in [`wire`]), and anything a window shows.

mod entity;
pub mod export;
mod feed;
mod ids;
pub mod imports;
pub mod library;
mod limits;
pub mod notes;
pub mod people;
mod problem;
pub mod progress;
mod ranges;
mod refusal;
mod session;
pub mod templates;
pub mod text;
mod timestamp;
mod vocabulary;
pub mod weights;
pub mod wire;

pub use entity::{Document, Documents, Entity, EntityRef, Kind, KindedDocument};
pub use feed::{Envelope, Event, EventName};
pub use ids::{
    ActIds, ExerciseId, ImportId, ItemId, JournalEntryId, RoundId, SessionId, StudioId, TemplateId, UploadId, UserId,
    VideoId, WeightId,
};
pub use library::{Category, Exercise, Field, Video};
pub use limits::{Limits, MAX_NAME_CHARS, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, PersonLimits};
pub use notes::{JournalEntry, Note};
pub use people::Athlete;
pub use problem::{Problem, ProblemCode};
pub use progress::{DoneSet, Estimate, ExerciseRecord, Stats, e1rm_kg};
pub use ranges::{LoadLimits, MAX_EFFORT, Range, ValueLimits};
pub use refusal::{FieldCode, FieldProblem, Findings, Refusal};
pub use session::{
    Actor, BestKind, CancelledBy, Command, Context, Correction, ExerciseKind, ExerciseReport, Feedback, Folded,
    LastDone, Load, MAX_NOTE_CHARS, NewBest, Part, Permit, Permits, Person, PlannedExercise, PlannedValues,
    RecordedExercise, RecordedFeedback, RecordedRound, Recording, Region, Round, RoundCounts, RoundExercise, RoundPlan,
    RoundStatus, Session, SessionChange, SessionEvent, SessionEventName, SessionRecord, SessionStatus, SessionSummary,
    Sessions, Values, apply, cancel_for_studio, check_start, decide, fold, json_bytes, record, start,
};
pub use templates::{Template, TemplateDraft};
pub use timestamp::Timestamp;
pub use vocabulary::Unrecognised;
pub use weights::{Weight, WeightDraft, WeightUnit};
