//! What a session will be once everything that waits has been done.

use training::wire::Account;
use training::{ActIds, Actor, Context, Exercise, ExerciseId, Part, Person, Recorded, Refusal, Session, apply, decide};

use super::Entry;

/// The session with what waits done to it, as far as the rules still allow.
///
/// It keeps the version of what was stored: nothing of this is an event of the feed.
pub(crate) fn overlay<'a>(
    stored: &Session,
    waiting: impl IntoIterator<Item = &'a Entry>,
    me: &Account,
    exercises: &[Exercise],
) -> Session {
    let mut session = stored.clone();
    let viewer = part(stored, me);
    for entry in waiting.into_iter().filter(|entry| entry.session == stored.id) {
        // What is not allowed any more is the server's to refuse.
        for recorded in decided(&session, entry, me, exercises).unwrap_or_default() {
            apply(&mut session, &recorded, viewer);
        }
    }
    session.version = stored.version;
    session
}

/// What an act makes happen to a session. Nothing, when it has happened already.
pub(crate) fn decided(
    session: &Session,
    entry: &Entry,
    me: &Account,
    exercises: &[Exercise],
) -> Result<Vec<Recorded>, Refusal> {
    let actor = Actor { person: Person { id: me.id, name: me.name.clone() }, part: part(session, me) };
    let mut ids = ActIds::of(entry.key).expect("an act's key is a UUID of version 7");
    let mut new_id = || ids.make();
    let exercise = |id: ExerciseId| exercises.iter().find(|exercise| exercise.id == id).cloned();
    let mut context = Context { at: entry.at, new_id: &mut new_id, exercise: &exercise };
    let events = decide(session, entry.act.command(session), &actor, &mut context)?;
    // The round it adds is there: the server's event came before its answer.
    let made = events.first().and_then(|recorded| recorded.event.round());
    let is_there = entry.act.round().is_none() && made.is_some_and(|made| session.round(made.id).is_some());
    Ok(if is_there { Vec::new() } else { events })
}

fn part(session: &Session, me: &Account) -> Part {
    if session.athlete.id == me.id { Part::Athlete } else { Part::Trainer }
}
