//! Acts done offline that the server then refused, as a window shows them.

use serde::Serialize;
use training::library::ExerciseDraft;
use training::notes::JournalDraft;
use training::{EntityRef, ExerciseReport, FieldProblem, RoundPlan, TemplateDraft, Timestamp, WeightDraft};
use ts_rs::TS;

use super::FailureCode;
pub use crate::outbox::{ActName, EnteredCorrection};

/// An act the server refused after the person had moved on: kept until they decide about it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RefusedAct {
    /// Identifies it in calls.
    pub key: String,
    /// When it was done.
    pub at: Timestamp,
    /// The entity it was done on.
    pub subject: EntityRef,
    /// The athlete of the session or of the journal, if still known.
    pub athlete: Option<String>,
    /// The number of its round, if the round still exists.
    pub round_number: Option<u32>,
    /// What was done.
    pub what: ActName,
    /// Why it was refused.
    pub code: FailureCode,
    /// Which of its fields are invalid, and why.
    pub fields: Vec<FieldProblem>,
    /// The plan that was to be saved.
    pub plan: Option<RoundPlan>,
    /// The feedback that was to be sent.
    pub reports: Vec<ExerciseReport>,
    /// The exercise that was to be saved.
    pub exercise: Option<ExerciseDraft>,
    /// The template that was to be saved.
    pub template: Option<TemplateDraft>,
    /// The correction that was to be made.
    pub correction: Option<EnteredCorrection>,
    /// The text of the note that was to be saved. What it says now is in the list of notes.
    pub note: Option<String>,
    /// The journal entry that was to be saved. What it says now is in the list of entries.
    pub journal: Option<JournalDraft>,
    /// The weight that was to be saved. What it says now is in the list of weights.
    pub weight: Option<WeightDraft>,
}
