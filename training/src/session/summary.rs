//! A session in a list.

use serde::{Deserialize, Serialize};

use super::round::RoundStatus;
use super::{Part, Person, Session, SessionStatus};
use crate::ids::SessionId;
use crate::timestamp::Timestamp;

/// A session without its rounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SessionSummary {
    /// Its id.
    pub id: SessionId,
    /// Where it stands.
    pub status: SessionStatus,
    /// Who trained.
    pub athlete: Person,
    /// Who led it.
    pub trainer: Option<Person>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether it was entered afterwards.
    pub recorded: bool,
    /// Whether it comes from a file.
    pub imported: bool,
    /// How many rounds it has.
    pub rounds: RoundCounts,
    /// Whether anything hurt.
    pub pain: bool,
    /// Grows by one with every event of the session.
    pub version: u64,
}

/// How many rounds a session has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RoundCounts {
    /// All; the athlete's count has no drafts.
    pub planned: u32,
    /// The completed ones.
    pub completed: u32,
}

impl Session {
    /// The session as `part` sees it in a list.
    pub fn summary(self, part: Part) -> SessionSummary {
        let session = self.seen_by(part);
        let count = |rounds: usize| u32::try_from(rounds).unwrap_or(u32::MAX);
        let completed = session.rounds.iter().filter(|round| round.status == RoundStatus::Completed).count();
        let mut feedback = session.rounds.iter().flat_map(|round| &round.exercises).filter_map(|e| e.feedback.as_ref());
        SessionSummary {
            pain: feedback.any(|feedback| feedback.pain),
            rounds: RoundCounts { planned: count(session.rounds.len()), completed: count(completed) },
            id: session.id,
            status: session.status,
            athlete: session.athlete,
            trainer: session.trainer,
            started_at: session.started_at,
            ended_at: session.ended_at,
            recorded: session.recorded,
            imported: session.imported,
            version: session.version,
        }
    }
}
