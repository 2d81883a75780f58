//! What a window asks of an athlete's past, and the pages it gets.

use serde::{Deserialize, Serialize};
use training::{ExerciseId, SessionSummary, Timestamp};
use ts_rs::TS;

/// Which of an athlete's sessions are asked for.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct SessionQuery {
    /// Only open or only ended ones.
    pub status: Option<SessionState>,
    /// Where the page begins: `next` of the one before.
    pub before: Option<String>,
    /// How many at most, 1 to 100.
    pub limit: Option<u32>,
    /// Only those that began then or later.
    pub from: Option<Timestamp>,
    /// Only those that began before.
    pub to: Option<Timestamp>,
    /// Only those in which this exercise was done.
    pub exercise_id: Option<ExerciseId>,
}

/// Over which time, and of what, an athlete's numbers are asked for.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct StatsQuery {
    /// Only of sessions that began then or later.
    pub from: Option<Timestamp>,
    /// Only of those that began before.
    pub to: Option<Timestamp>,
    /// Only of this exercise.
    pub exercise_id: Option<ExerciseId>,
    /// In which time zone weeks begin, by its IANA name; without one in UTC.
    pub timezone: Option<String>,
}

/// Whether a session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// It waits for its trainer, or is active.
    Open,
    /// It was completed or cancelled.
    Ended,
}

/// A page of an athlete's sessions, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SessionPage {
    /// The sessions.
    pub sessions: Vec<SessionSummary>,
    /// Where the next page begins; `null` on the last one.
    pub next: Option<String>,
}

impl SessionState {
    /// As it is written in a query.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }
}
