//! What was done without a network and the server then refused, as a window is told.

use serde::Serialize;
use training::{ExerciseReport, FieldProblem, RoundPlan, SessionId, Timestamp};
use ts_rs::TS;

use super::FailureCode;
use crate::outbox::Act;

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each name is the call of the same name")]
pub enum ActName {
    CancelSession,
    AddRound,
    EditRound,
    DeleteRound,
    ReleaseRound,
    RecallRound,
    StartRound,
    LogExercise,
    CompleteRound,
}

impl ActName {
    pub(crate) fn of(act: &Act) -> Self {
        match act {
            Act::CancelSession { .. } => Self::CancelSession,
            Act::AddRound { .. } => Self::AddRound,
            Act::EditRound { .. } => Self::EditRound,
            Act::DeleteRound { .. } => Self::DeleteRound,
            Act::ReleaseRound { .. } => Self::ReleaseRound,
            Act::RecallRound { .. } => Self::RecallRound,
            Act::StartRound { .. } => Self::StartRound,
            Act::LogExercise { .. } => Self::LogExercise,
            Act::CompleteRound { .. } => Self::CompleteRound,
        }
    }
}

/// An act the server refused after the person had gone on: kept until they decide about it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RefusedAct {
    /// Names it in calls.
    pub key: String,
    /// When it was done.
    pub at: Timestamp,
    /// On which session.
    pub session_id: SessionId,
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
}
