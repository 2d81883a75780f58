//! Events: what happened, with the whole entity as it was afterwards.

use serde::{Deserialize, Serialize};

use crate::ids::SessionId;
use crate::round::{Round, RoundStatus};
use crate::session::{Part, Session};
use crate::timestamp::Timestamp;

/// What happened.
///
/// The name of an event — here, on the stream and in JSON — comes from this enum and is spelled nowhere else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Event {
    /// The athlete started a session.
    SessionStarted {
        /// The session after it.
        session: Session,
    },
    /// The trainer joined.
    SessionJoined {
        /// The session after it.
        session: Session,
    },
    /// One of the two ended the session early.
    SessionCancelled {
        /// The session after it.
        session: Session,
    },
    /// The final round was completed, and with it the session.
    SessionCompleted {
        /// The session after it.
        session: Session,
    },
    /// A draft was created or edited.
    RoundSaved {
        /// The round after it.
        round: Round,
    },
    /// A draft was deleted.
    RoundDeleted {
        /// The round before it.
        round: Round,
    },
    /// A round was put in front of the athlete.
    RoundReleased {
        /// The round after it.
        round: Round,
    },
    /// A round in front of the athlete was edited.
    RoundUpdated {
        /// The round after it.
        round: Round,
    },
    /// A released round was taken back; it is a draft again.
    RoundRecalled {
        /// The round after it.
        round: Round,
    },
    /// The athlete began.
    RoundStarted {
        /// The round after it.
        round: Round,
    },
    /// The athlete ticked an exercise off, noted values, or took the tick back.
    ExerciseLogged {
        /// The round after it.
        round: Round,
    },
    /// The athlete completed a round, with feedback for every exercise.
    RoundCompleted {
        /// The round after it.
        round: Round,
    },
}

/// The name of an event, without what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented at `Event`")]
pub enum EventName {
    SessionStarted,
    SessionJoined,
    SessionCancelled,
    SessionCompleted,
    RoundSaved,
    RoundDeleted,
    RoundReleased,
    RoundUpdated,
    RoundRecalled,
    RoundStarted,
    ExerciseLogged,
    RoundCompleted,
}

impl EventName {
    /// All names.
    pub const ALL: [Self; 12] = [
        Self::SessionStarted,
        Self::SessionJoined,
        Self::SessionCancelled,
        Self::SessionCompleted,
        Self::RoundSaved,
        Self::RoundDeleted,
        Self::RoundReleased,
        Self::RoundUpdated,
        Self::RoundRecalled,
        Self::RoundStarted,
        Self::ExerciseLogged,
        Self::RoundCompleted,
    ];

    /// The name as it is written on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SessionStarted => "session-started",
            Self::SessionJoined => "session-joined",
            Self::SessionCancelled => "session-cancelled",
            Self::SessionCompleted => "session-completed",
            Self::RoundSaved => "round-saved",
            Self::RoundDeleted => "round-deleted",
            Self::RoundReleased => "round-released",
            Self::RoundUpdated => "round-updated",
            Self::RoundRecalled => "round-recalled",
            Self::RoundStarted => "round-started",
            Self::ExerciseLogged => "exercise-logged",
            Self::RoundCompleted => "round-completed",
        }
    }
}

impl Event {
    /// Its name.
    pub fn name(&self) -> EventName {
        match self {
            Self::SessionStarted { .. } => EventName::SessionStarted,
            Self::SessionJoined { .. } => EventName::SessionJoined,
            Self::SessionCancelled { .. } => EventName::SessionCancelled,
            Self::SessionCompleted { .. } => EventName::SessionCompleted,
            Self::RoundSaved { .. } => EventName::RoundSaved,
            Self::RoundDeleted { .. } => EventName::RoundDeleted,
            Self::RoundReleased { .. } => EventName::RoundReleased,
            Self::RoundUpdated { .. } => EventName::RoundUpdated,
            Self::RoundRecalled { .. } => EventName::RoundRecalled,
            Self::RoundStarted { .. } => EventName::RoundStarted,
            Self::ExerciseLogged { .. } => EventName::ExerciseLogged,
            Self::RoundCompleted { .. } => EventName::RoundCompleted,
        }
    }

    /// The round it is about; `None` for an event of the session as a whole.
    pub fn round(&self) -> Option<&Round> {
        match self {
            Self::SessionStarted { .. }
            | Self::SessionJoined { .. }
            | Self::SessionCancelled { .. }
            | Self::SessionCompleted { .. } => None,
            Self::RoundSaved { round }
            | Self::RoundDeleted { round }
            | Self::RoundReleased { round }
            | Self::RoundUpdated { round }
            | Self::RoundRecalled { round }
            | Self::RoundStarted { round }
            | Self::ExerciseLogged { round }
            | Self::RoundCompleted { round } => Some(round),
        }
    }
}

/// An event with its place in the session's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recorded {
    /// When it happened, by the server's clock.
    pub at: Timestamp,
    /// The session it happened in.
    pub session_id: SessionId,
    /// The session's version after it.
    pub session_version: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl Recorded {
    /// The event as `part` may see it; `None` when it is not for them.
    ///
    /// The trainer sees everything. The athlete never learns of a draft, so their feed has no hole where one was.
    pub fn seen_by(&self, part: Part) -> Option<Self> {
        if part == Part::Trainer {
            return Some(self.clone());
        }
        let event = match self.event.clone() {
            Event::SessionStarted { session } => Event::SessionStarted { session: session.seen_by(part) },
            Event::SessionJoined { session } => Event::SessionJoined { session: session.seen_by(part) },
            Event::SessionCancelled { session } => Event::SessionCancelled { session: session.seen_by(part) },
            Event::SessionCompleted { session } => Event::SessionCompleted { session: session.seen_by(part) },
            // What is recalled was in front of the athlete, so they may know it; that it goes, they must.
            recalled @ Event::RoundRecalled { .. } => recalled,
            other if other.round().is_some_and(|round| round.status == RoundStatus::Draft) => return None,
            other => other,
        };
        Some(Self { event, ..self.clone() })
    }
}

/// An event as it stands in one person's feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Envelope {
    /// Its number in the feed: 1, 2, 3, … without holes.
    pub seq: u64,
    /// The event.
    #[serde(flatten)]
    pub recorded: Recorded,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_written_as_serde_writes_it() {
        for name in [
            EventName::SessionStarted,
            EventName::SessionJoined,
            EventName::SessionCancelled,
            EventName::SessionCompleted,
            EventName::RoundSaved,
            EventName::RoundDeleted,
            EventName::RoundReleased,
            EventName::RoundUpdated,
            EventName::RoundRecalled,
            EventName::RoundStarted,
            EventName::ExerciseLogged,
            EventName::RoundCompleted,
        ] {
            assert_eq!(serde_json::to_value(name).expect("a name serialises"), name.as_str());
        }
    }
}
