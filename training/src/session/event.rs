//! What happens in a session: each event with the whole entity as it was afterwards.

use serde::{Deserialize, Serialize};

use super::round::{Round, RoundStatus};
use super::{Part, Session};
use crate::ids::SessionId;
use crate::timestamp::Timestamp;
use crate::vocabulary::vocabulary;

/// The table of a session's events: name in Rust, what it carries, name on the wire.
macro_rules! session_changes {
    // The word is a token and not a `literal`, which utoipa would not recognise in an attribute.
    ($($(#[doc = $doc:literal])* $name:ident($carries:ident: $type:ident) = $word:tt,)+) => {
        vocabulary! {
            /// The name of an event of a session.
            SessionEventName { $($(#[doc = $doc])* $name = $word,)+ }
        }

        /// What happened in a session.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(tag = "type")]
        pub enum SessionChange {
            $($(#[doc = $doc])* #[serde(rename = $word)] $name {
                /// The entity after it; a round that was deleted, before it.
                $carries: $type,
            },)+
        }

        impl SessionChange {
            /// Its name.
            pub fn name(&self) -> SessionEventName {
                match self {
                    $(Self::$name { .. } => SessionEventName::$name,)+
                }
            }
        }
    };
}

session_changes! {
    /// The athlete started a session.
    SessionStarted(session: Session) = "session-started",
    /// The trainer joined.
    SessionJoined(session: Session) = "session-joined",
    /// One of the two ended the session early.
    SessionCancelled(session: Session) = "session-cancelled",
    /// The final round was completed, and with it the session.
    SessionCompleted(session: Session) = "session-completed",
    /// A draft was created or edited.
    RoundSaved(round: Round) = "round-saved",
    /// A draft was deleted.
    RoundDeleted(round: Round) = "round-deleted",
    /// A round was put in front of the athlete.
    RoundReleased(round: Round) = "round-released",
    /// A round in front of the athlete was edited.
    RoundUpdated(round: Round) = "round-updated",
    /// A released round was taken back; it is a draft again.
    RoundRecalled(round: Round) = "round-recalled",
    /// The athlete began.
    RoundStarted(round: Round) = "round-started",
    /// The athlete ticked an exercise off, noted values, or took the tick back.
    ExerciseLogged(round: Round) = "exercise-logged",
    /// The athlete completed a round, with feedback for every exercise.
    RoundCompleted(round: Round) = "round-completed",
    /// One of the two corrected what was noted of an exercise, perhaps after the session's end.
    ExerciseCorrected(round: Round) = "exercise-corrected",
}

impl SessionEventName {
    /// Whose act leads to it; `None` where either part may have acted, or it is not known.
    pub fn part(self) -> Option<Part> {
        match self {
            Self::SessionCancelled | Self::ExerciseCorrected | Self::Unknown(_) => None,
            Self::SessionJoined
            | Self::RoundSaved
            | Self::RoundDeleted
            | Self::RoundReleased
            | Self::RoundUpdated
            | Self::RoundRecalled => Some(Part::Trainer),
            Self::SessionStarted
            | Self::SessionCompleted
            | Self::RoundStarted
            | Self::ExerciseLogged
            | Self::RoundCompleted => Some(Part::Athlete),
        }
    }
}

impl SessionChange {
    /// The session as a whole that it carries; `None` for an event of a round.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::SessionStarted { session }
            | Self::SessionJoined { session }
            | Self::SessionCancelled { session }
            | Self::SessionCompleted { session } => Some(session),
            Self::RoundSaved { .. }
            | Self::RoundDeleted { .. }
            | Self::RoundReleased { .. }
            | Self::RoundUpdated { .. }
            | Self::RoundRecalled { .. }
            | Self::RoundStarted { .. }
            | Self::ExerciseLogged { .. }
            | Self::RoundCompleted { .. }
            | Self::ExerciseCorrected { .. } => None,
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
            | Self::RoundCompleted { round }
            | Self::ExerciseCorrected { round } => Some(round),
        }
    }
}

impl SessionChange {
    /// The rounds that it carries: the one it is about, or those of the session.
    pub fn rounds_mut(&mut self) -> &mut [Round] {
        match self {
            Self::SessionStarted { session }
            | Self::SessionJoined { session }
            | Self::SessionCancelled { session }
            | Self::SessionCompleted { session } => &mut session.rounds,
            Self::RoundSaved { round }
            | Self::RoundDeleted { round }
            | Self::RoundReleased { round }
            | Self::RoundUpdated { round }
            | Self::RoundRecalled { round }
            | Self::RoundStarted { round }
            | Self::ExerciseLogged { round }
            | Self::RoundCompleted { round }
            | Self::ExerciseCorrected { round } => std::slice::from_mut(round),
        }
    }
}

/// An event of a session, with its place in the session's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionEvent {
    /// When it happened, by the server's clock.
    pub at: Timestamp,
    /// The session it happened in.
    pub session_id: SessionId,
    /// The session's version after it.
    pub session_version: u64,
    /// What happened.
    #[serde(flatten)]
    pub change: SessionChange,
}

impl SessionEvent {
    /// Whether what it carries is of the session that it names.
    pub(super) fn is_consistent(&self) -> bool {
        let carried = self.change.session().map(|session| session.id);
        carried.or(self.change.round().map(|round| round.session_id)) == Some(self.session_id)
    }

    /// The event as `part` may see it; `None` when it is not for them.
    ///
    /// The trainer sees everything. The athlete never learns of a draft, so their feed has no hole where one was.
    pub fn seen_by(&self, part: Part) -> Option<Self> {
        if part == Part::Trainer {
            return Some(self.clone());
        }
        let change = match self.change.clone() {
            SessionChange::SessionStarted { session } => {
                SessionChange::SessionStarted { session: session.seen_by(part) }
            }
            SessionChange::SessionJoined { session } => SessionChange::SessionJoined { session: session.seen_by(part) },
            SessionChange::SessionCancelled { session } => {
                SessionChange::SessionCancelled { session: session.seen_by(part) }
            }
            SessionChange::SessionCompleted { session } => {
                SessionChange::SessionCompleted { session: session.seen_by(part) }
            }
            // A recalled round was in front of the athlete: they may know it, and must learn that it is gone.
            recalled @ SessionChange::RoundRecalled { .. } => recalled,
            other if other.round().is_some_and(|round| round.status == RoundStatus::Draft) => return None,
            other => other,
        };
        Some(Self { change, ..self.clone() })
    }
}
