//! Saving the private note on a session: its trainer only.

use training::notes::save_note;
use training::wire::Role;
use training::{Event, Part, Refusal, SessionId};

use super::session::part;
use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller, IfMatch};
use crate::store::Tx;

/// Saves the note, based on the version it names; the first one on version 0.
pub(crate) struct SaveNote(pub(crate) SessionId, pub(crate) IfMatch, pub(crate) String);

impl Command for SaveNote {
    fn authorise(&self, _: &Caller) -> Result<(), ApiError> {
        // Whether they have the role is asked once it is known that they are the trainer: to others, the session does not
        // exist.
        Ok(())
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(session, version, text) = self;
        lock_as_trainer(tx, session, &context.caller).await?;
        let before = tx.note(session).await?;
        let note = save_note(&before, Some(version.version()?), &text)?;
        let answer = Answer::changed(&note, Some(note.version))?;
        if note == before {
            return Ok(Outcome::new(answer, EventsByPerson::default()));
        }
        tx.save_note(&note).await?;
        let event = Event::Saved { at: clock::now(), document: note.into() };
        Ok(Outcome::new(answer, EventsByPerson::for_all([context.caller.account.id], &event)))
    }

    async fn may_be_replayed(&self, tx: &mut Tx, context: &CommandContext) -> Result<(), CommandError> {
        lock_as_trainer(tx, self.0, &context.caller).await
    }
}

/// Locks a session whose trainer the caller is.
async fn lock_as_trainer(tx: &mut Tx, session: SessionId, caller: &Caller) -> Result<(), CommandError> {
    let row = tx.lock_session(session).await?.ok_or(Refusal::NotFound)?;
    match part(&row, caller.account.id).ok_or(Refusal::NotFound)? {
        Part::Trainer => Ok(caller.must_be(Role::Trainer)?),
        Part::Athlete | Part::Unknown(_) => Err(Refusal::NotYourPart.into()),
    }
}
