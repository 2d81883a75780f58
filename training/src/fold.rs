//! Folding events into state: the only way state changes on a desktop, but for a snapshot, which replaces it.

use std::collections::BTreeMap;

use crate::event::{Event, Recorded};
use crate::ids::{SessionId, UserId};
use crate::round::{Round, RoundStatus};
use crate::session::{Part, Session};

/// What became of an event that was folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folded {
    /// It changed the state.
    Changed,
    /// It was folded before; nothing changed.
    Known,
    /// It belongs to a session that is not here, and does not bring it along.
    Orphan,
}

/// Sessions by id, as one person sees them.
pub type Sessions = BTreeMap<SessionId, Session>;

/// Folds an event into `sessions`, as `viewer` sees them. Folding it again changes nothing.
pub fn fold(sessions: &mut Sessions, recorded: &Recorded, viewer: UserId) -> Folded {
    if let Some(session) = sessions.get_mut(&recorded.session_id) {
        let part = if session.athlete.id == viewer { Part::Athlete } else { Part::Trainer };
        return apply(session, recorded, part);
    }
    let (Event::SessionStarted { session }
    | Event::SessionJoined { session }
    | Event::SessionCancelled { session }
    | Event::SessionCompleted { session }) = &recorded.event
    else {
        return Folded::Orphan;
    };
    let part = if session.athlete.id == viewer { Part::Athlete } else { Part::Trainer };
    sessions.insert(session.id, session.clone().seen_by(part));
    Folded::Changed
}

/// Folds an event into the session it belongs to, as `part` sees it. Folding it again changes nothing.
pub fn apply(session: &mut Session, recorded: &Recorded, part: Part) -> Folded {
    if recorded.session_version <= session.version {
        return Folded::Known;
    }
    match &recorded.event {
        Event::SessionStarted { session: after }
        | Event::SessionJoined { session: after }
        | Event::SessionCancelled { session: after }
        | Event::SessionCompleted { session: after } => *session = after.clone().seen_by(part),
        Event::RoundDeleted { round } => session.rounds.retain(|kept| kept.id != round.id),
        Event::RoundSaved { round }
        | Event::RoundReleased { round }
        | Event::RoundUpdated { round }
        | Event::RoundRecalled { round }
        | Event::RoundStarted { round }
        | Event::ExerciseLogged { round }
        | Event::RoundCompleted { round } => put(&mut session.rounds, round, part),
    }
    session.version = recorded.session_version;
    Folded::Changed
}

/// Puts a round in its place by number; a draft leaves the athlete's copy.
fn put(rounds: &mut Vec<Round>, round: &Round, part: Part) {
    rounds.retain(|kept| kept.id != round.id);
    if part == Part::Athlete && round.status == RoundStatus::Draft {
        return;
    }
    let place = rounds.partition_point(|kept| kept.number < round.number);
    rounds.insert(place, round.clone());
}
