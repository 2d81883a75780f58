//! What a file holds, as it is shown before anything is stored.

use serde::{Deserialize, Serialize};
use training::imports::{ImportFormat, SkippedRow, UnitFinding};
use training::{ExerciseId, ExerciseKind, Feedback, Field, PlannedValues, SessionId, Timestamp, Values, WeightId};

/// What a file holds. `rows` are always its sets, its weights and what is skipped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Which tracker it is from.
    pub format: ImportFormat,
    /// How many sets, weights and other rows it has. A line with several sets counts as many.
    pub rows: usize,
    /// The unit of the weights in it.
    pub unit: UnitFinding,
    /// The exercises it names, in the order in which they come.
    pub exercises: Vec<ImportedExercise>,
    /// Its sessions, oldest first.
    pub sessions: Vec<PlannedSession>,
    /// The weights of the athlete's body, oldest first.
    pub weights: Vec<PlannedWeight>,
    /// The rows that are left out, by line.
    pub skipped: Vec<SkippedRow>,
    /// The columns that there is no place for, although they have something in them.
    pub unused_columns: Vec<String>,
}

impl Plan {
    /// How many sets there are.
    pub fn sets(&self) -> usize {
        self.sessions.iter().map(PlannedSession::sets).sum()
    }
}

/// An exercise as a file calls it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportedExercise {
    /// Its name in the file.
    pub name: String,
    /// The library's exercise with this name or alias, if there is one.
    pub exercise_id: Option<ExerciseId>,
    /// What it was done with.
    pub fields: Vec<Field>,
}

/// A session of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedSession {
    /// When it began; noon, where a file knows only days.
    pub started_at: Timestamp,
    /// When it ended; as soon as it began, where a file does not say.
    pub ended_at: Timestamp,
    /// Its rounds: of other trackers, one for each exercise.
    pub rounds: Vec<PlannedRound>,
    /// Its id where the file comes from, if that was Ringside: perhaps it is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<SessionId>,
}

impl PlannedSession {
    /// How many sets it has.
    pub fn sets(&self) -> usize {
        self.rounds.iter().map(|round| round.sets.len()).sum()
    }
}

/// A round of such a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedRound {
    /// Its sets in order.
    pub sets: Vec<PlannedSet>,
    /// When it began; with the session, if the file does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it was completed; at the end of the session, if the file does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// The rest after it, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest_after_s: Option<u32>,
}

impl PlannedRound {
    /// A round of which a file says nothing but its sets.
    pub(crate) fn of(sets: Vec<PlannedSet>) -> Self {
        Self { sets, started_at: None, completed_at: None, rest_after_s: None }
    }
}

/// A set of such a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedSet {
    /// Which of the plan's exercises it is.
    pub exercise: usize,
    /// What it was there for, as the file says.
    pub kind: ExerciseKind,
    /// What was to be done: to failure, if the file says so.
    pub planned: PlannedValues,
    /// What was done.
    pub actual: Values,
    /// The effort that was felt, with what the file calls it in the note.
    pub feedback: Option<Feedback>,
    /// What was written beside it, if there is no feedback to hold it.
    pub note: Option<String>,
}

/// A weight of the athlete's body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedWeight {
    /// When they weighed themself.
    pub at: Timestamp,
    /// In kilograms, to three decimals.
    pub weight_kg: f64,
    /// What was written beside it.
    pub note: Option<String>,
    /// Its id where the file comes from, if that was Ringside: perhaps it is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<WeightId>,
}
