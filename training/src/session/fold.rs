//! Folding events into state: the only way state changes on a desktop, except for a snapshot, which replaces it.

use std::collections::BTreeMap;

use super::event::{SessionChange, SessionEvent};
use super::round::{Round, RoundStatus};
use super::{Part, Session};
use crate::ids::{SessionId, UserId};

/// The result of folding an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folded {
    /// It changed the state.
    Changed,
    /// It was folded before; nothing changed.
    Known,
    /// It corrects a session of the past that is not among those that are kept; nothing changed.
    NotKept,
    /// It belongs to an unknown session and does not carry that session.
    Orphan,
    /// It names one session and carries another one, or a round or an athlete of another one; nothing changed.
    Contradictory,
}

/// Sessions by id, as one person sees them.
pub type Sessions = BTreeMap<SessionId, Session>;

/// Folds an event into `sessions`, as `viewer` sees them. Folding it again changes nothing.
pub fn fold(sessions: &mut Sessions, event: &SessionEvent, viewer: UserId) -> Folded {
    if let Some(session) = sessions.get_mut(&event.session_id) {
        let part = session.part_of(viewer);
        return apply(session, event, part);
    }
    let (SessionChange::SessionStarted { session }
    | SessionChange::SessionJoined { session }
    | SessionChange::SessionCancelled { session }
    | SessionChange::SessionCompleted { session }) = &event.change
    else {
        // Sessions from any time ago are corrected, and nobody keeps them all.
        let is_of_past = matches!(event.change, SessionChange::ExerciseCorrected { .. }) && event.is_consistent();
        return if is_of_past { Folded::NotKept } else { Folded::Orphan };
    };
    if !event.is_consistent() {
        return Folded::Contradictory;
    }
    sessions.insert(session.id, session.clone().seen_by(session.part_of(viewer)));
    Folded::Changed
}

/// Folds an event into the session it belongs to, as `part` sees it. Folding it again changes nothing.
pub fn apply(session: &mut Session, event: &SessionEvent, part: Part) -> Folded {
    if contradicts(event, session) {
        return Folded::Contradictory;
    }
    if event.session_version <= session.version {
        return Folded::Known;
    }
    match &event.change {
        SessionChange::SessionStarted { session: after }
        | SessionChange::SessionJoined { session: after }
        | SessionChange::SessionCancelled { session: after }
        | SessionChange::SessionCompleted { session: after } => *session = after.clone().seen_by(part),
        SessionChange::RoundDeleted { round } => session.rounds.retain(|kept| kept.id != round.id),
        SessionChange::RoundSaved { round }
        | SessionChange::RoundReleased { round }
        | SessionChange::RoundUpdated { round }
        | SessionChange::RoundRecalled { round }
        | SessionChange::RoundStarted { round }
        | SessionChange::ExerciseLogged { round }
        | SessionChange::RoundCompleted { round }
        | SessionChange::ExerciseCorrected { round } => put(&mut session.rounds, round, part),
    }
    session.version = event.session_version;
    Folded::Changed
}

/// Whether an event can't be one of this session, whose athlete never changes.
fn contradicts(event: &SessionEvent, session: &Session) -> bool {
    let of_another = event.change.session().is_some_and(|after| after.athlete.id != session.athlete.id);
    event.session_id != session.id || of_another || !event.is_consistent()
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
