//! What was done without a network and the server then refused, as a window is told.

use serde::Serialize;
use training::library::ExerciseDraft;
use training::{EntityRef, ExerciseReport, FieldProblem, RoundPlan, Timestamp};
use ts_rs::TS;

use super::FailureCode;
pub use crate::outbox::ActName;

/// An act the server refused after the person had gone on: kept until they decide about it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RefusedAct {
    /// Names it in calls.
    pub key: String,
    /// When it was done.
    pub at: Timestamp,
    /// On what.
    pub subject: EntityRef,
    /// Whose session, if it is still known.
    pub athlete: Option<String>,
    /// Which round it was about, if it is still there.
    pub round_number: Option<u32>,
    /// What was done.
    pub what: ActName,
    /// Why it was refused.
    pub code: FailureCode,
    /// What is wrong with which of its fields.
    pub fields: Vec<FieldProblem>,
    /// The plan that was to be saved.
    pub plan: Option<RoundPlan>,
    /// The feedback that was to be sent.
    pub reports: Vec<ExerciseReport>,
    /// The exercise that was to be saved.
    pub exercise: Option<ExerciseDraft>,
}
