//! Acts in a session: decided by the session's rules for the acting user, in their part in the session.

use training::{Actor, Command, Context, Document, Event, ExerciseId, Person, Refusal, Session, decide};

use crate::documents::entity;
use crate::outbox::decision::DecisionContext;

/// The events of a command on the session `subject`.
pub(super) fn decide_in_session(
    subject: Option<&Document>,
    by: &DecisionContext<'_>,
    command: impl FnOnce(&Session) -> Command,
) -> Result<Vec<Event>, Refusal> {
    let session: &Session = entity(subject).ok_or(Refusal::NotFound)?;
    let me = by.me;
    let actor = Actor { person: Person { id: me.id, name: me.name.clone() }, part: session.part_of(me.id) };
    let mut ids = by.ids();
    let mut new_id = || ids.make();
    let exercise = |id: ExerciseId| by.exercise(id);
    let last = |id: ExerciseId| by.last_done(session.athlete.id, id);
    let mut context = Context { at: by.at, new_id: &mut new_id, exercise: &exercise, last: &last };
    let events = decide(session, command(session), &actor, &mut context)?;
    Ok(events.into_iter().map(Event::Session).collect())
}

/// The version of a round in a session.
pub(super) fn version_of(session: &Session, round: training::RoundId) -> u64 {
    session.round(round).map_or(0, |round| round.version)
}
